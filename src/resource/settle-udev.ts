import type { Action } from '../model/plan.ts';

/**
 * udev renames what is new a moment after it appears: until then a name that was found is about to be stale, and one that is
 * given may be replaced (systemd's udev-event.c; rdma-core's 60-rdma-persistent-naming.rules, facts §0b).
 */
export const settleUdev: Action = { run: ['udevadm', 'settle', '--timeout=30'], timeoutMs: 40_000 };
