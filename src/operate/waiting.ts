import type { Fold } from '../apply/fold.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { HostState } from '../model/host-state.ts';

/** A plan that was not finished, or waits for its operator, comes first. */
export function waiting(host: string, fold: Fold, state: Pick<HostState, 'bootId'>): readonly Finding[] {
  const former = fold.open ?? fold.unconfirmed;
  if (!former || former.bootId !== state.bootId) return [];
  const [code, what, hint] = fold.open
    ? ['VF3010', 'was interrupted', 'Go on with `vflane resume`, or back with `vflane rollback`.']
    : [
        'VF3011',
        'waits to be confirmed',
        'Keep it with `vflane confirm`, or take it back with `vflane rollback`.',
      ];
  return [
    finding(code, { host, at: former.id }, `${host}: the plan ${former.id} (${former.verb}) ${what}`, hint),
  ];
}
