import type { SimState } from './state.ts';

/**
 * Lets the guests of a bridge talk to one another and through its tunnels, or stop: only then are there datapath flows.
 * No packet is simulated: whether a flow would be in hardware follows from the host's state (facts §13.8).
 */
export function simulateTraffic(state: SimState, bridge: string, on = true): void {
  const others = state.ovs.talking.filter((name) => name !== bridge);
  state.ovs.talking = on ? [...others, bridge] : others;
}
