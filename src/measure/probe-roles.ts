import type { Probe } from './probe.ts';
import { probeChanges } from './probe-changes.ts';

/** Every probe, by its role. */
export const probeRoles: Readonly<Record<string, Probe>> = {
  changes: probeChanges,
};
