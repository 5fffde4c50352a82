import { expandLegacyVlan } from '../../src/datapath/legacy-vlan.ts';
import { emptyLedger } from '../../src/model/ledger.ts';
import { wantsOf } from '../../src/plan/differences.ts';
import { planFor } from '../../src/plan/plan.ts';
import { bareHost, fabric, fabricHost, guest } from '../../tests/support/states.ts';

// Plans a number of bare hosts: 127 VFs on each of two PFs, a guest on every pair. Each plan is dropped before the next.
const guests = Array.from({ length: 127 }, (_, n) =>
  guest(`vm${n}`, 'external', [n % 2 ? 'storage' : 'household']),
);
const hosts = Array.from({ length: Number(process.argv[2]) }, (_, n) => fabricHost(`host${n}`, guests, 127));
const whole = fabric(hosts);
const start = performance.now();
let steps = 0;
for (const host of hosts) {
  const state = bareHost();
  const spec = expandLegacyVlan(whole, host, emptyLedger);
  const wants = wantsOf(spec, state, emptyLedger);
  const input = { host: host.name, state, wants, spec, allocation: spec.allocation, ledger: emptyLedger };
  steps += planFor({ ...input, allowDisruption: false }).plan.steps.length;
}
const ms = performance.now() - start;
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const cpuMs = (userCPUTime + systemCPUTime) / 1000;
process.stdout.write(JSON.stringify({ ms, cpuMs, steps, megabytes: maxRSS / 1024 }));
