/**
 * Cards that the simulated host can have, all dual-port, and what their drivers accept and refuse (facts §2–§5, §12).
 * `plain` is an ordinary one without SR-IOV, for `nic: software`: netdevs eth1 and eth2.
 */
export interface Card {
  readonly vendor: string;
  readonly device: string;
  readonly vfDevice: string;
  readonly pfDriver: string;
  readonly vfDriver: string;
  /** Bus and device: the ports are its functions 0 and 1. */
  readonly slot: string;
  /** The most VFs per port that the firmware can be set to. */
  readonly maxVfs: number;
  /** Routing id of a VF = its PF's + offset + index × stride (facts §3.2). */
  readonly vfOffset: (port: number, numOfVfs: number) => number;
  readonly vfStride: number;
  readonly maxMtu: number;
  readonly switchdev: boolean;
  readonly vfLinkState: boolean;
  readonly vfMinRate: boolean;
  readonly spoofchkByDefault: boolean;
  /** A VF's driver may set another MAC than the PF gave it. */
  readonly vfMayChangeMac: boolean;
  /** A VF sees its port lose the link; the emulated igb's VFs do not. */
  readonly vfSeesCable: boolean;
  /** Combined channels after a probe, and the maximum for a PF and a VF. */
  readonly channels: number;
  readonly maxChannels: number;
  readonly vfChannels: number;
  readonly firmware: string;
  readonly linkSpeed: string;
  readonly linkWidth: string;
  readonly maxLinkWidth: string;
  readonly speedMbps: number;
  readonly ouis: string;
  /** `portName` is the driver's name for port N, '' if it has none. */
  readonly portName: (port: number) => string;
  /** Names of its ports' netdevs if no udev rule names them. */
  readonly netdevNames?: readonly [string, string];
}

export const cards = {
  connectx5: {
    vendor: '15b3',
    device: '1019',
    vfDevice: '101a',
    pfDriver: 'mlx5_core',
    vfDriver: 'mlx5_core',
    slot: '0000:03:00',
    maxVfs: 127,
    vfOffset: (port, numOfVfs) => (port === 0 ? 2 : numOfVfs + 1),
    vfStride: 1,
    maxMtu: 9978,
    switchdev: true,
    vfLinkState: true,
    vfMinRate: true,
    spoofchkByDefault: false,
    vfMayChangeMac: true,
    vfSeesCable: true,
    channels: 32,
    maxChannels: 32,
    vfChannels: 11,
    firmware: '16.35.4554 (MT_0000000013)',
    linkSpeed: '16.0 GT/s PCIe',
    linkWidth: '8',
    maxLinkWidth: '16',
    speedMbps: 100_000,
    ouis: 'b8:ce:f6',
    portName: (port) => `p${port}`,
  },
  igb: {
    vendor: '8086',
    device: '10c9',
    vfDevice: '10ca',
    pfDriver: 'igb',
    vfDriver: 'igbvf',
    slot: '0000:01:00',
    maxVfs: 7,
    vfOffset: () => 0x80,
    vfStride: 2,
    maxMtu: 9216,
    switchdev: false,
    vfLinkState: false,
    vfMinRate: false,
    spoofchkByDefault: true,
    vfMayChangeMac: false,
    vfSeesCable: false,
    channels: 1,
    maxChannels: 8,
    vfChannels: 1,
    firmware: '2.1.0',
    linkSpeed: '2.5 GT/s PCIe',
    linkWidth: '1',
    maxLinkWidth: '1',
    speedMbps: 1000,
    ouis: '00:1b:21',
    portName: () => '',
  },
  plain: {
    vendor: '14e4',
    device: '165f',
    vfDevice: '',
    pfDriver: 'tg3',
    vfDriver: '',
    slot: '0000:02:00',
    maxVfs: 0,
    vfOffset: () => 0,
    vfStride: 0,
    maxMtu: 9000,
    switchdev: false,
    vfLinkState: false,
    vfMinRate: false,
    spoofchkByDefault: false,
    vfMayChangeMac: true,
    vfSeesCable: true,
    channels: 1,
    maxChannels: 4,
    vfChannels: 0,
    firmware: '5720-v1.39',
    linkSpeed: '5.0 GT/s PCIe',
    linkWidth: '2',
    maxLinkWidth: '2',
    speedMbps: 1000,
    ouis: '4c:d9:8f',
    portName: () => '',
    netdevNames: ['eth1', 'eth2'],
  },
} as const satisfies { readonly [name: string]: Card };

export type CardName = keyof typeof cards;

export function asCardName(text: string): CardName | undefined {
  return Object.hasOwn(cards, text) ? (text as CardName) : undefined;
}
