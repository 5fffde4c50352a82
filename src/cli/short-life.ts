import { setFlagsFromString } from 'node:v8';

/**
 * V8 begins to optimize what has run 132 KiB of bytecode, on other threads. An agent is over before that pays off, and if
 * there is only one processor it waits for those threads: optimizing eight times later, an apply of 254 ports took 309 ms there in
 * place of 357. With two it made no difference. Tried on Node.js 20 (V8 11.3, flag-definitions.h, interrupt_budget); another version
 * may differ.
 */
export function optimizeLate({ versions }: Pick<NodeJS.Process, 'versions'>): void {
  if (versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=1000000');
}
