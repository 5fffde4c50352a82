import type { IfName } from './names.ts';

/** The bridge that has the wire where Open vSwitch carries the tunnels itself; the seed's name for it. */
export const underlayBridgeName = 'br-phy' as IfName;
