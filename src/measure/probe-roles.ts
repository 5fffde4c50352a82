import type { Probe } from './probe.ts';
import { probeAnswer } from './probe-answer.ts';
import { probeAsk } from './probe-ask.ts';
import { probeChanges } from './probe-changes.ts';

/** Every probe by the role that it plays. */
export const probeRoles: Readonly<Record<string, Probe>> = {
  answer: probeAnswer,
  ask: probeAsk,
  changes: probeChanges,
};
