import { setFlagsFromString } from 'node:v8';

/**
 * V8 begins to optimize what has run 132 KiB of bytecode, on threads beside this one. An agent is over before that pays, and on
 * a host with a single processor it waits for those threads: an apply of 254 ports takes a third less processor time without
 * them. Optimized eight times later, only what really takes long is. Tried on Node.js 20 (V8 11.3, flag-definitions.h,
 * interrupt_budget); another one does as it likes.
 */
export function optimizeLate({ versions }: Pick<NodeJS.Process, 'versions'>): void {
  if (versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=1000000');
}
