import { newBond } from '../bond.ts';
import { setBondOptions } from '../bond-options.ts';
import { loadModule } from '../drivers.ts';
import { Failure, Refusal } from '../errno.ts';
import { randomMac } from '../macs.ts';
import { hasNamespace } from '../namespaces.ts';
import { addNetdev, type NewNetdev, nameInUse, netdevAt } from '../netdevs.ts';
import { removeNetdev } from '../remove.ts';
import { setLink } from '../set-link.ts';
import type { Netdev, SimState } from '../state.ts';
import type { IpContext } from './ip-context.ts';
import type { ParsedLink } from './link-words.ts';
import { ifname, lladdr, own, unsigned, Words, wrong } from './words.ts';

type Maker = (context: IpContext, parsed: ParsedLink, base: NewNetdev) => Netdev;

const makers: { readonly [kind: string]: { readonly module: string; readonly make: Maker } | undefined } = {
  bond: { module: 'bonding', make: makeBond },
  dummy: { module: 'dummy', make: (context, _parsed, base) => addNetdev(context.call.state, base) },
  bridge: { module: 'bridge', make: (context, _parsed, base) => addNetdev(context.call.state, base) },
  veth: { module: 'veth', make: makeVeth },
  vlan: { module: '8021q', make: makeVlan },
  vxlan: { module: 'vxlan', make: makeVxlan },
};

/** `ip link add`: the kernel loads the type's module automatically (rtnetlink's `rtnl-link-TYPE` alias). */
export function addLink(context: IpContext, parsed: ParsedLink): void {
  const { state } = context.call;
  if (parsed.kind === undefined)
    throw new Failure(255, 'Not enough information: "type" argument is required\n');
  const maker = own(makers, parsed.kind);
  if (parsed.kind === 'tun')
    throw new Refusal('EOPNOTSUPP', 'tun/tap creation via rtnetlink is not supported');
  if (!maker) throw new Refusal('EOPNOTSUPP', 'Unknown device type');
  const name = parsed.settings.name ?? parsed.device ?? freeName(state, context.ns, parsed.kind);
  if (nameInUse(state, context.ns, name)) throw new Refusal('EEXIST');
  loadModule(state, maker.module);
  const mac = parsed.settings.mac;
  const netdev = maker.make(context, parsed, {
    name,
    kind: parsed.kind as Netdev['kind'],
    ns: context.ns,
    mac: mac ?? randomMac(state),
    randomMac: mac === undefined,
  });
  configure(state, netdev, parsed);
}

/** A netdev that cannot be configured as requested is not made. */
function configure(state: SimState, netdev: Netdev, { settings }: ParsedLink): void {
  const { name: _name, mac: _mac, bond: _bond, ...rest } = settings;
  try {
    setLink(state, netdev, rest);
  } catch (refusal) {
    removeNetdev(state, netdev);
    throw refusal;
  }
}

function freeName(state: SimState, ns: string, kind: string): string {
  let n = 0;
  while (nameInUse(state, ns, `${kind}${n}`)) n += 1;
  return `${kind}${n}`;
}

function makeBond(context: IpContext, parsed: ParsedLink, base: NewNetdev): Netdev {
  const { state } = context.call;
  const bond = newBond();
  const netdev = addNetdev(state, { ...base, bond });
  try {
    setBondOptions(state, netdev, bond, parsed.settings.bond ?? {});
  } catch (refusal) {
    removeNetdev(state, netdev);
    throw refusal;
  }
  return netdev;
}

function makeVeth(context: IpContext, parsed: ParsedLink, base: NewNetdev): Netdev {
  const { state } = context.call;
  const words = new Words(parsed.kindWords);
  let peerName = freeName(state, context.ns, 'veth');
  let ns = context.ns;
  let mac: string | undefined;
  while (!words.done) {
    const word = words.next();
    if (word === 'address') mac = lladdr(words.next());
    else if (word === 'name') peerName = ifname(words.next(), 'name');
    else if (word === 'netns') ns = peerNamespace(state, words.next());
    else if (word !== 'peer')
      throw new Failure(255, `Error: either "dev" is duplicate, or "${word}" is garbage.\n`);
  }
  if (peerName === base.name || nameInUse(state, ns, peerName)) throw new Refusal('EEXIST');
  const peer = addNetdev(state, {
    kind: 'veth',
    name: peerName,
    ns,
    mac: mac ?? randomMac(state),
    randomMac: mac === undefined,
  });
  const netdev = addNetdev(state, { ...base, peer: peer.ifindex });
  peer.peer = netdev.ifindex;
  return netdev;
}

function peerNamespace(state: SimState, name: string): string {
  if (!hasNamespace(state, name)) throw wrong(name, 'Invalid "netns" value\n');
  return name;
}

function makeVlan(context: IpContext, parsed: ParsedLink, base: NewNetdev): Netdev {
  const { state } = context.call;
  const words = new Words(parsed.kindWords);
  let id: number | undefined;
  let protocol = '802.1Q';
  while (!words.done) {
    const word = words.next();
    if (word === 'id') id = vlanId(words.next());
    else if (word === 'protocol') protocol = words.next();
    else throw new Failure(1, `vlan: unknown command "${word}"?\n`);
  }
  if (parsed.kindWords.length === 0) throw new Refusal('EINVAL', '8021q: VLAN properties not specified');
  if (id === undefined) throw new Refusal('EINVAL', '8021q: VLAN id not specified');
  if (id >= 4095) throw new Refusal('ERANGE', '8021q: Invalid VLAN id');
  const lower = netdevAt(state, parsed.lower);
  if (!lower) throw new Refusal('EINVAL', '8021q: link not specified');
  if (lower.kind === 'loopback') throw new Refusal('EOPNOTSUPP', '8021q: VLANs not supported on device');
  const isThere = state.netdevs.some(
    (n) => n.kind === 'vlan' && n.peer === lower.ifindex && n.info.id === id && n.info.protocol === protocol,
  );
  if (isThere) throw new Refusal('EEXIST', '8021q: VLAN device already exists');
  return addNetdev(state, {
    ...base,
    mac: parsed.settings.mac ?? lower.mac,
    peer: lower.ifindex,
    mtu: lower.mtu,
    maxMtu: 65535,
    info: { protocol, id },
  });
}

function vlanId(word: string): number {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(word)) throw wrong(word, 'id is invalid');
  return unsigned(word, 'id');
}

const vxlanValues = ['remote', 'local', 'group', 'dev', 'ttl', 'tos', 'df'];
const vxlanFlags = [
  'nolearning',
  'learning',
  'udpcsum',
  'noudpcsum',
  'external',
  'noexternal',
  'udp6zerocsumtx',
  'udp6zerocsumrx',
];

function makeVxlan(context: IpContext, parsed: ParsedLink, base: NewNetdev): Netdev {
  const { state } = context.call;
  const words = new Words(parsed.kindWords);
  const info: Netdev['info'] = { id: 0, port: 8472 };
  while (!words.done) {
    const word = words.next();
    if (word === 'id' || word === 'vni') info.id = unsigned(words.next(), 'id');
    else if (word === 'dstport') info.port = unsigned(words.next(), 'dst port');
    else if (vxlanValues.includes(word)) info[word] = words.next();
    else if (!vxlanFlags.includes(word)) throw new Failure(1, `vxlan: unknown command "${word}"?\n`);
  }
  if (Number(info.id) > 0xffffff) throw wrong(String(info.id), 'invalid id');
  return addNetdev(state, { ...base, info });
}
