import type { OpenFlow } from './state.ts';

/** A standalone bridge is a learning switch; a secure one forwards nothing until it is told (connmgr_flushed). */
export function defaultFlows(failMode: 'standalone' | 'secure', nowMs: number): OpenFlow[] {
  if (failMode === 'secure') return [];
  return [{ table: 0, priority: 0, cookie: '0x0', match: [], actions: 'NORMAL', extra: [], addedMs: nowMs }];
}
