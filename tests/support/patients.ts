import type { Patient } from '../../src/doctor/ailment.ts';
import type {
  BondState,
  HostState,
  LagState,
  LinkState,
  PfState,
  VfAdmin,
  VfState,
} from '../../src/model/host-state.ts';
import { emptyLedger } from '../../src/model/ledger.ts';
import { asPciAddress } from '../../src/model/names.ts';
import type { OvsBridge, OvsPort, OvsState } from '../../src/model/ovs-state.ts';
import type { CardSurvey, Survey } from '../../src/model/survey.ts';
import { bareHost, barePf, link, pf0, pf1 } from './states.ts';

/** A healthy host with a ConnectX-5: switchdev, one LAG, a guest, a tunnel, all up. */

export const vfLag: LagState = { state: 'active', type: 'switchdev', flags: ['shared_fdb:on'] };

export const watched: BondState = {
  ...{ mode: 'active-backup', miimonMs: 100, arpIntervalMs: 0, arpTargets: [], arpValidate: 'none' },
  ...{ failOverMac: 'none', numGratArp: 1, primary: undefined, activeSlave: 'enp3s0f0np0' },
};

const admin: VfAdmin = {
  ...{ mac: '00:00:00:00:00:00', vlan: 0, qos: 0, spoofchk: false, trust: false },
  ...{ linkState: 'auto', maxRateMbps: 0, minRateMbps: 0 },
};

export function vf(
  index: number,
  more: Omit<Partial<VfState>, 'admin'> & { readonly admin?: Partial<VfAdmin> } = {},
  pf = 0,
): VfState {
  const pci = asPciAddress(`0000:03:0${pf === 0 ? '0' : '2'}.${index + 2}`) ?? pf0;
  return {
    ...{
      index,
      pci,
      driver: undefined,
      driverOverride: '',
      iommuGroup: `${20 + 10 * pf + index}`,
      netdev: undefined,
    },
    ...more,
    admin: { ...admin, ...more.admin },
  };
}

export function port(place: 0 | 1, more: Partial<PfState> = {}): PfState {
  const [pci, netdev] = place === 0 ? [pf0, 'enp3s0f0np0'] : [pf1, 'enp3s0f1np1'];
  return {
    ...barePf(pci, netdev),
    ...{ totalVfs: 16, numVfs: 2, autoprobe: false, eswitch: 'switchdev', channels: { now: 32, max: 32 } },
    ...{
      lag: vfLag,
      tcOffload: { on: true, fixed: false },
      rdma: place === 0 ? ['mlx5_bond_0'] : [],
      numaNode: 0,
      localCpus: '0-15',
    },
    vfs: place === 0 ? [vf(0, { driver: 'vfio-pci', driverOverride: 'vfio-pci' }), vf(1)] : [],
    ...more,
  };
}

export const vxlan = { local_ip: '192.168.9.1', remote_ip: '192.168.9.2', key: '42' };

export function ovsPort(name: string, more: Partial<OvsPort> = {}): OvsPort {
  return {
    ...{ name, protected: false, tag: undefined, type: '', options: {}, devargs: {}, externalIds: {} },
    ...{ error: '', members: [name], bondMode: '', mtuRequest: 0 },
    ...more,
  };
}

export const tunnel = (more: Partial<OvsPort> = {}) =>
  ovsPort('vxlan0', { type: 'vxlan', options: vxlan, protected: true, ...more });

export function bridge(more: Partial<OvsBridge> = {}): OvsBridge {
  return {
    ...{ name: 'br-storage', datapathType: '', failMode: 'secure', hwaddr: '', flows: ['actions=drop'] },
    externalIds: { 'vflane-network': 'storage' },
    ports: [ovsPort('rep0'), tunnel()],
    ...more,
  };
}

export function ovs(more: Partial<OvsState> = {}, ...bridges: readonly OvsBridge[]): OvsState {
  return {
    ...{ version: '3.5.0', settings: { 'hw-offload': 'true' }, dpdkInitialized: false, daemon: true },
    bridges: bridges.length > 0 ? bridges : [bridge()],
    ...more,
  };
}

/** The bonded ports, the bond with the tunnel address, a representor and its bridge; `more` by name. */
export function links(
  more: { readonly [name: string]: Partial<LinkState> } = {},
  ...others: readonly LinkState[]
): readonly LinkState[] {
  const up = { up: true, carrier: true, mtu: 9080 };
  const slave = (active: boolean) => ({ ...up, master: 'bond0', slave: { active, alive: true } });
  const all = [
    link('enp3s0f0np0', pf0, { ...slave(true), physPortName: 'p0', physSwitchId: 'aa' }),
    link('enp3s0f1np1', pf1, { ...slave(false), physPortName: 'p1', physSwitchId: 'aa' }),
    link('bond0', undefined, { ...up, kind: 'bond', bond: watched, addresses: ['192.168.9.1/24'] }),
    link('rep0', pf0, { ...up, mtu: 9000, physPortName: 'pf0vf0', physSwitchId: 'aa', master: 'ovs-system' }),
    link('br-storage', undefined, { kind: 'openvswitch' }),
    link('eno1', undefined, { up: true, carrier: true, addresses: ['10.0.0.10/24'] }),
  ];
  return [...all.map((one) => ({ ...one, ...more[one.name] })), ...others];
}

export function state(more: Partial<HostState> = {}): HostState {
  return bareHost({
    pfs: [port(0), port(1)],
    links: links(),
    ovs: ovs(),
    guard: { 'inet vflane': ['a rule'] },
    ipv6: { rep0: false },
    hugepages: { host: 1024 },
    ovsStart: { dropIn: 'text', script: 'text', flows: {} },
    ...more,
  });
}

export function card(more: Partial<CardSurvey> = {}): CardSurvey {
  const x8 = { speed: '16.0 GT/s PCIe', lanes: 8 };
  return {
    model: 'ConnectX-5 Ex',
    firmware: { psid: 'MT_0000000013', running: '16.35.4554', stored: '16.35.4554' },
    slot: { now: x8, card: x8, above: x8, port: '0000:00:01.1' },
    iommuGroup: '16',
    numaNode: 0,
    localCpus: '0-15',
    window: { bytes: 16 * 2 ** 20, above: 128 * 2 ** 20, msix: undefined },
    lagMapping: ['1:1', '2:1'],
    ...more,
  };
}

export function survey(more: Partial<Survey> = {}): Survey {
  return {
    config: { path: '/boot/config-6.12', options: { NET_TC_SKB_EXT: 'y', MLX5_CLS_ACT: 'y' } },
    lockdown: 'none',
    ofed: false,
    clock: { hostMs: 1000, oursMs: 1200 },
    cards: { [pf0]: card(), [pf1]: card({ iommuGroup: '17' }) },
    odd: [],
    speeds: { enp3s0f0np0: 100_000, enp3s0f1np1: 100_000 },
    owners: [],
    neighbours: [{ address: '192.168.9.2', netdev: 'bond0', answered: true }],
    holders: [{ pid: 4000, command: 'qemu', groups: ['20'], cpus: '0-15' }],
    unlooked: [],
    log: [],
    qdiscs: [{ netdev: 'rep0', kind: 'ingress', block: undefined }],
    ...more,
  };
}

export interface PatientParts {
  readonly host?: string;
  readonly state?: Partial<HostState>;
  readonly survey?: Partial<Survey>;
  readonly ledger?: Patient['ledger'];
  readonly wants?: Patient['wants'];
}

export function patient({
  host = 'alpha',
  ledger = emptyLedger,
  wants,
  ...parts
}: PatientParts = {}): Patient {
  const known = { host, ledger, state: state(parts.state), survey: survey(parts.survey) };
  return wants === undefined ? known : { ...known, wants };
}

/** A line of the kernel's log. */
export function logLines(...lines: readonly string[]): Partial<Survey> {
  return { log: lines.map((text, place) => ({ atS: place, text })) };
}

/** In legacy mode, without bond, bridge or LAG. */
export function legacyPorts(
  more: Partial<PfState> = {},
  second: Partial<PfState> = more,
): Partial<HostState> {
  const legacy: Partial<PfState> = {
    eswitch: 'legacy',
    lag: { state: 'disabled', type: undefined, flags: [] },
  };
  const up = { up: true, carrier: true };
  return {
    pfs: [port(0, { ...legacy, ...more }), port(1, { ...legacy, ...second })],
    links: [link('enp3s0f0np0', pf0, up), link('enp3s0f1np1', pf1, up)],
    ovs: ovs({ settings: {}, bridges: [] }),
  };
}
