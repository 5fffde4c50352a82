import type { IfName } from './names.ts';

/** The bridge that has the wire if Open vSwitch carries the tunnels itself, by the seed's name for it. */
export const underlayBridgeName = 'br-phy' as IfName;
