import ipaddr from 'ipaddr.js';
import { randomMac } from '../macs.ts';
import { addNetdev, findNetdev } from '../netdevs.ts';
import type { SimState } from '../state.ts';
import type { WantedBridge, WantedIface } from './bridge-wants.ts';
import { entry, numberOf } from './database.ts';

const tunnelTypes = ['vxlan', 'geneve', 'gre', 'ip6gre', 'erspan', 'stt', 'lisp', 'bareudp'];

export function isTunnel(type: string): boolean {
  return tunnelTypes.includes(type);
}

/** IANA's port of VXLAN (RFC 7348). */
const vxlanPort = '4789';

export function udpPort(iface: WantedIface): string {
  return entry(iface.row, 'options', 'dst_port') || vxlanPort;
}

/** Tunnels of one host, of all its bridges: no two with the same ends, key and port (ofproto/tunnel.c). */
export class TunnelBook {
  readonly #taken = new Set<string>();

  /** Why this tunnel is not possible; '' if it is, and then it is noted. */
  fault(iface: WantedIface): string {
    const { name, type } = iface;
    const remote = entry(iface.row, 'options', 'remote_ip');
    if (remote !== 'flow' && !ipaddr.isValid(remote))
      return `${name}: ${type} type requires valid 'remote_ip' argument`;
    const local = entry(iface.row, 'options', 'local_ip');
    const key = entry(iface.row, 'options', 'key') || entry(iface.row, 'options', 'in_key');
    const ends = [type, remote, local, key || '0', udpPort(iface)].join(' ');
    if (this.#taken.has(ends)) return `could not add network device ${name} to ofproto (File exists)`;
    this.#taken.add(ends);
    return '';
  }
}

/** Names of the tunnel netdevs that the kernel datapath needs; makes missing ones. */
export function tunnelPorts(state: SimState, bridges: readonly WantedBridge[]): ReadonlySet<string> {
  const tunnels = bridges.flatMap((bridge) => bridge.ifaces.filter((iface) => iface.type === 'vxlan'));
  const working = tunnels.filter((iface) => (numberOf(iface.row, 'ofport') ?? -1) > 0);
  const ports = new Set(working.map(udpPort));
  for (const port of ports) if (!findNetdev(state, '', `vxlan_sys_${port}`)) addTunnelNetdev(state, port);
  return new Set([...ports].map((port) => `vxlan_sys_${port}`));
}

/** Its large MTU hides an underlay with a too small one (facts §7.4). */
function addTunnelNetdev(state: SimState, port: string): void {
  addNetdev(state, {
    kind: 'vxlan',
    name: `vxlan_sys_${port}`,
    mac: randomMac(state),
    randomMac: true,
    up: true,
    mtu: 65000,
    info: { external: true, port: Number(port), learning: false, ttl: 0, udp_zero_csum6_rx: true },
  });
}
