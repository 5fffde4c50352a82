import type { LaneSpec } from '../model/host-spec.ts';
import { addressAttributes } from './domain-xml.ts';

export const managers = ['qemu', 'libvirt', 'proxmox', 'incus'] as const;
export type Manager = (typeof managers)[number];

/** A lane with the PCI addresses of its VFs, in the order of the ports; undefined before the pool is there. */
export interface PlacedLane {
  readonly lane: LaneSpec;
  readonly functions: readonly (string | undefined)[];
}

interface Guest {
  readonly name: string;
  /** Its taps are of the userspace datapath, which reads no virtio header (drivers/net/tun.c). */
  readonly isPlain: boolean;
}

/** The lines that make one VM manager give its VM these lanes: one or more for each VF or tap. */
export function managerLines(
  manager: Manager,
  guest: Guest,
  lanes: readonly PlacedLane[],
): readonly string[] {
  const ends = lanes.flatMap(({ lane, functions }): readonly End[] =>
    lane.tap
      ? [{ what: `${lane.network}: the tap ${lane.tap.port}`, tap: lane.tap }]
      : lane.members.map(({ pf, index, mac }, port) => ({
          what: `${lane.network}, port ${port}: VF ${index} of ${pf}, MAC ${mac}`,
          pci: functions[port],
        })),
  );
  const own = ends.flatMap((end, place) => {
    if ('tap' in end) return [`# ${end.what}, MAC ${end.tap.mac}`, ...taps[manager](guest, end.tap, place)];
    if (end.pci === undefined) return [`# ${end.what} (its PCI address is known after vflane apply)`];
    return [`# ${end.what}`, functions[manager](guest, end.pci, place)];
  });
  const tapped = ends.flatMap((end, place) => ('tap' in end ? [{ tap: end.tap, place }] : []));
  return manager === 'proxmox' ? [...own, ...ofProxmox(guest, tapped)] : own;
}

/** One line for all: each `-args` replaces the one before (qm(1)). */
function ofProxmox(guest: Guest, tapped: readonly { readonly tap: Tap; readonly place: number }[]) {
  const words = tapped.flatMap(({ tap, place }) => taps.qemu(guest, tap, place));
  return words.length === 0 ? [] : [`qm set VMID -args '${words.join(' ')}'`];
}

/** The driver is already bound, and nothing else may touch it: `managed='no'`. */
const functions: { readonly [manager in Manager]: (guest: Guest, pci: string, place: number) => string } = {
  qemu: (_guest, pci) => `-device vfio-pci,host=${pci}`,
  libvirt: (_guest, pci) =>
    `<hostdev mode='subsystem' type='pci' managed='no'><source><address ${addressAttributes(pci)}/></source></hostdev>`,
  proxmox: (_guest, pci, place) => `qm set VMID -hostpci${place} ${pci}`,
  incus: ({ name }, pci, place) => `incus config device add ${name} lane${place} pci address=${pci}`,
};

type End = { readonly what: string } & ({ readonly tap: Tap } | { readonly pci: string | undefined });

type Tap = NonNullable<LaneSpec['tap']>;

const taps: { readonly [manager in Manager]: (guest: Guest, tap: Tap, place: number) => readonly string[] } =
  {
    // The tap exists already, and is up: no script has to make it.
    qemu: ({ isPlain }, { port, mac }, place) => {
      // An id of QEMU's begins with a letter, which a port's name need not (util/id.c).
      const netdev = `tap,id=lane${place},ifname=${port},script=no,downscript=no${isPlain ? ',vnet_hdr=off' : ''}`;
      return [`-netdev ${netdev} -device virtio-net-pci,netdev=lane${place},mac=${mac}`];
    },
    libvirt: (_guest, { port, mac }) => [
      `<interface type='ethernet'><mac address='${mac}'/><target dev='${port}' managed='no'/><model type='virtio'/></interface>`,
    ],
    proxmox: () => [],
    incus: () => ['# Incus makes its taps itself, and takes none that is there.'],
  };
