import { setFlagsFromString } from 'node:v8';

/**
 * V8 begins to optimize what has run 132 KiB of bytecode, on threads beside this one. An agent is over before that pays, and where
 * there is one processor it waits for those threads: optimized eight times later, an apply of 254 ports took 309 ms there in
 * place of 357. With two it made no difference. Tried on Node.js 20 (V8 11.3, flag-definitions.h, interrupt_budget); another one
 * does as it likes.
 */
export function optimizeLate({ versions }: Pick<NodeJS.Process, 'versions'>): void {
  if (versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=1000000');
}
