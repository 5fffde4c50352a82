import type { BridgeSpec, GuestPortSpec, PatchSpec } from '../model/host-spec.ts';
import type { OvsPort } from '../model/ovs-state.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Resource } from './resource.ts';

type Port = {
  /** `ceph1/storage`, `to beta`, `uplink`: what the port is for. */
  readonly role: string;
  readonly type: string;
  readonly options: { readonly [key: string]: string };
  /** Protected ports do not forward to each other: split horizon, without which three hosts form a loop (facts §17). */
  readonly protected: boolean;
  readonly tag: number;
  /** Bytes, if Open vSwitch sets it; 0 if the netdev has its own. */
  readonly mtu: number;
  /** Why it does not work; '' if it does, and always in what is wanted. */
  readonly error: string;
};

/** A port of a network's bridge: a guest's representor, a tunnel to another host, or the way to the physical network. */
export const bridgePort: Resource = {
  kind: 'bridge-port',
  timeoutMs: 15_000,
  made: true,
  transaction: 'ovsdb',
  wanted: ({ overlay }) => [
    ...(overlay?.bridges ?? []).flatMap((spec) => wantedPorts(spec, overlay?.local ?? '')),
    ...(overlay?.patches ?? []).map(wantedPatch),
  ],
  there: ({ ovs }) => {
    if (ovs === undefined) return [];
    if (isUnseen(ovs)) return [{ at: '*', value: ovs }];
    return ovs.bridges.flatMap(({ name, ports }) =>
      // The bridge's own port belongs to the bridge.
      ports
        .filter((port) => port.name !== name)
        .map((port) => ({ at: `${name}/${port.name}`, value: seenPort(port) })),
    );
  },
  standsOn: (at, value) => [...bridgesOf(at), ...cardOf(value as Port)],
  replaced: (from, to) =>
    (from as Port).type !== (to as Port).type || ((to as Port).error === '' && (from as Port).error !== ''),
  move: (at, from, to) => ({ vsctl: commands(at, from as Port | null, to as Port | null) }),
  // ovs-vsctl waits for the daemon and says which ports it could not set up; the look at the end reads all of it back.
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Remove ports from the networks’ bridges.'
      : 'Add the guests’ representors and the tunnels to the other hosts to the networks’ bridges.',
};

function wantedPorts(spec: BridgeSpec, local: string) {
  const guests = spec.guestPorts.map((guest) => ({
    at: `${spec.name}/${guest.port}`,
    value: { ...plain, role: `${guest.guest}/${guest.network}`, ...faceOf(guest) },
  }));
  const tunnels = spec.tunnels.map(({ port, host, remote }) => ({
    at: `${spec.name}/${port}`,
    value: {
      ...plain,
      role: `to ${host}`,
      type: 'vxlan',
      options: { dst_port: '4789', key: `${spec.vni}`, local_ip: local, remote_ip: remote },
      protected: true,
    },
  }));
  const uplink = spec.uplink
    ? [
        {
          at: `${spec.name}/${spec.uplink.port}`,
          value: { ...plain, role: 'uplink', ...patchTo(spec.uplink.peer) },
        },
      ]
    : [];
  return [...guests, ...tunnels, ...uplink];
}

const plain: Port = { role: '', type: '', options: {}, protected: false, tag: 0, mtu: 0, error: '' };

/** DPDK addresses a representor by its PF and VF, and sets its MTU itself; kernel netdevs have their own. */
function faceOf({ devargs, mtu }: GuestPortSpec): Pick<Port, 'type' | 'options' | 'mtu'> {
  return devargs === undefined
    ? { type: '', options: {}, mtu: 0 }
    : { type: 'dpdk', options: { 'dpdk-devargs': devargs }, mtu };
}

function patchTo(peer: string | undefined): Pick<Port, 'type' | 'options'> {
  return peer === undefined ? { type: '', options: {} } : { type: 'patch', options: { peer } };
}

function wantedPatch({ bridge, port, peer, network, vlan }: PatchSpec) {
  return {
    at: `${bridge}/${port}`,
    value: { ...plain, role: `uplink of ${network}`, ...patchTo(peer), tag: vlan },
  };
}

function bridgesOf(at: string): readonly string[] {
  const name = at.slice(0, at.indexOf('/'));
  return [`bridge ${name}`, `underlay-bridge ${name}`];
}

/** DPDK has to release a representor before its VF goes, and takes the new one afterwards. */
function cardOf({ options }: Port): readonly string[] {
  const [, pf] = /^([0-9a-f:.]+),representor=/.exec(options['dpdk-devargs'] ?? '') ?? [];
  return pf === undefined ? [] : [`num-vfs ${pf}`, 'ovs-setting dpdk-extra'];
}

function seenPort(port: OvsPort): Port {
  const { type, options, error, tag } = port;
  const role = port.externalIds['vflane-role'] ?? '';
  // The daemon writes the type `system` as an empty text, and so does vflane.
  return {
    role,
    type: type === 'system' ? '' : type,
    options,
    protected: port.protected,
    tag: tag ?? 0,
    mtu: type === 'dpdk' ? port.mtuRequest : 0,
    error,
  };
}

function commands(at: string, from: Port | null, to: Port | null): readonly (readonly string[])[] {
  const slash = at.indexOf('/');
  const [bridge, port] = [at.slice(0, slash), at.slice(slash + 1)];
  if (to === null) return from === null ? [] : [['--if-exists', 'del-port', bridge, port]];
  const face = faceColumns(to);
  return [
    // A new row needs only values other than its columns' defaults, set as it is made.
    from === null
      ? ['add-port', bridge, port, ...rowColumns(to).filter((word) => !defaults.has(word))]
      : ['set', 'Port', port, ...rowColumns(to)],
    ...(face.length === 0 ? [] : [['set', 'Interface', port, ...face]]),
  ];
}

const defaults: ReadonlySet<string> = new Set(['protected=false', 'tag=[]']);

function rowColumns({ role, protected: isProtected, tag }: Port): readonly string[] {
  return [
    `external_ids:vflane-role=${role}`,
    `protected=${isProtected}`,
    tag === 0 ? 'tag=[]' : `tag=${tag}`,
  ];
}

function faceColumns({ type, options, mtu }: Port): readonly string[] {
  return [
    ...(type === '' ? [] : [`type=${type}`]),
    ...Object.entries(options).map(([key, value]) => `options:${key}=${value}`),
    ...(mtu === 0 ? [] : [`mtu_request=${mtu}`]),
  ];
}
