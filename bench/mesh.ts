import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, rounded, seconds, tell } from './figure.ts';
import { watchedPlan } from './watched.ts';

const rounds = 3;
const hosts = 200;

/** Every host has a guest on the same network, and so a tunnel to every other host. */
function fabricText(): string {
  const host = (n: number) => [
    `  h${n}:`,
    '    connect: sim:connectx5/debian-13',
    '    datapath: ovs-tc',
    '    nic: "0000:03:00"',
    '    vfs: 2',
    '    offload: preferred',
    `    underlay: 192.168.9.${n + 1}/24`,
    '    guests:',
    `      vm${n}: { external: true, networks: { storage: 10.0.0.${n + 1}/24 } }`,
  ];
  return [
    'name: rack7',
    'networks: { storage: { id: 42, mtu: 9000, subnet: 10.0.0.0/24 } }',
    'hosts:',
    ...Array.from({ length: hosts }, (_, n) => host(n)).flat(),
    '',
  ].join('\n');
}

interface PlanJson {
  readonly hosts: readonly { readonly steps: readonly unknown[] }[];
  readonly findings: readonly { readonly code: string }[];
}

/** Counts the added ports, such as `to-h17-4d2a`. */
function tunnelsIn({ hosts: planned }: PlanJson): number {
  const words = planned.flatMap(({ steps }) => JSON.stringify(steps.map(actionsOf)));
  return words.reduce((sum, text) => sum + (text.match(/"add-port","[^"]+","to-/g)?.length ?? 0), 0);
}

function actionsOf(step: unknown): unknown {
  return (step as { readonly actions: unknown }).actions;
}

const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
const file = join(folder, 'fabric.yaml');
writeFileSync(file, fabricText());
const runs = Array.from({ length: rounds }, () => watchedPlan(folder, file, 'pipe'));
rmSync(folder, { recursive: true });

const plan = JSON.parse(runs[0]?.stdout ?? '') as PlanJson;
const said = plan.findings.filter(({ code }) => code === 'VF2034').length;
const ms = median(runs.map((run) => run.ms));
const peer = `processor time ${seconds(median(runs.map(({ cpuMs }) => cpuMs)))}`;
const what = `plan --json of ${hosts} hosts in one network`;
tell([
  {
    kind: 'count',
    what: `${what}: tunnels`,
    figure: tunnelsIn(plan),
    unit: 'tunnels',
    limit: { atLeast: hosts * (hosts - 1) },
  },
  {
    kind: 'count',
    what: `${what}: hosts told that a mesh is the wrong engine (VF2034)`,
    figure: said,
    unit: 'findings',
    limit: { atLeast: hosts },
  },
  { kind: 'time', what, figure: rounded(ms / 1000), unit: 's', limit: { atMost: 5 }, peer },
]);
