import type { SimState } from './state.ts';

/**
 * Starts or stops traffic between a bridge's guests and through its tunnels: only then are there datapath flows.
 * No packets are simulated: whether a flow would be in hardware follows from the host's state (facts §13.8).
 */
export function simulateTraffic(state: SimState, bridge: string, on = true): void {
  const others = state.ovs.talking.filter((name) => name !== bridge);
  state.ovs.talking = on ? [...others, bridge] : others;
}
