import type { SimState } from '../state.ts';
import { bridgeWants } from './bridge-wants.ts';
import { entry } from './database.ts';
import { connectedNetdev } from './route-to.ts';
import { isTunnel } from './tunnels.ts';

/** Far ends of the tunnels that have traffic, and the netdev that reaches each. */
export function addressesOfTalking(
  state: SimState,
): readonly { readonly address: string; readonly ifindex: number }[] {
  return endsOf(state, (bridge) => state.ovs.talking.includes(bridge));
}

/** Far ends of all tunnels: ARP resolves them as soon as there is anything to send, such as a bridge's own broadcast. */
export function farEnds(state: SimState): ReturnType<typeof addressesOfTalking> {
  return endsOf(state, () => true);
}

function endsOf(
  state: SimState,
  isAsked: (bridge: string) => boolean,
): ReturnType<typeof addressesOfTalking> {
  const bridges = bridgeWants(state).filter(({ name }) => isAsked(name));
  const remotes = bridges.flatMap((b) =>
    b.ifaces.filter((i) => isTunnel(i.type)).map((i) => entry(i.row, 'options', 'remote_ip')),
  );
  return [...new Set(remotes)].flatMap((address) => {
    const netdev = connectedNetdev(state, address);
    return netdev ? [{ address, ifindex: netdev.ifindex }] : [];
  });
}
