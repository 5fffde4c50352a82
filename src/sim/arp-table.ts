import { reachesWire } from './carrier.ts';
import { netdevAt } from './netdevs.ts';
import { farEnds } from './ovs/neighbours.ts';
import type { SimState } from './state.ts';

const header = 'IP address       HW type     Flags       HW address            Mask     Device\n';

/** /proc/net/arp (net/ipv4/arp.c, arp_format_neigh_entry): the far ends of tunnels, incomplete if nothing answers. */
export function arpTable(state: SimState, ns: string): string {
  const entries = ns === '' ? farEnds(state).filter(({ address }) => !address.includes(':')) : [];
  const lines = entries.map(({ address, ifindex }) => {
    const netdev = netdevAt(state, ifindex);
    const answers = netdev !== undefined && reachesWire(state, netdev);
    const [flags, mac] = answers ? ['0x2', '02:00:5e:00:00:01'] : ['0x0', '00:00:00:00:00:00'];
    return `${address.padEnd(16)} 0x1         ${flags}         ${mac}     *        ${netdev?.name ?? ''}\n`;
  });
  return header + lines.join('');
}
