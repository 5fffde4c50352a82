import { bareHost, fabric, fabricHost, guest } from '../tests/support/states.ts';
import { expandLegacyVlan } from '../src/datapath/legacy-vlan.ts';
import { emptyLedger } from '../src/model/ledger.ts';
import type { Plan } from '../src/model/plan.ts';
import { wantsOf } from '../src/plan/differences.ts';
import { planFor } from '../src/plan/plan.ts';

/** Plans `count` bare hosts with 127 VFs on each of two PFs, a guest on every one. Returns the plans' JSON length. */
export function planHosts(count: number): number {
  const guests = Array.from({ length: 127 }, (_, i) => guest(`vm${i}`, 'external', [i % 2 ? 'storage' : 'household']));
  const hosts = Array.from({ length: count }, (_, i) => fabricHost(`host${i}`, guests, 127));
  const all = fabric(hosts);
  let sum = 0; for (const host of hosts) {
    const state = bareHost();
    const spec = expandLegacyVlan(all, host, emptyLedger);
    const wants = wantsOf(spec, state, emptyLedger);
    sum += planFor({ host: host.name, state, wants, spec, allocation: spec.allocation, ledger: emptyLedger, allowDisruption: false }).plan.steps.length;
  }
  return sum;
}
for (const n of [100, 1000]) {
const t = performance.now();
console.log(n, planHosts(n), Math.round(performance.now() - t), 'ms', Math.round(process.memoryUsage().rss / 1e6), 'MB', Math.round(process.resourceUsage().maxRSS/1000));
}
