import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurns, median, rounded, seconds, tell, timed } from './figure.ts';

const rounds = 3;
const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
const bundle = join(process.cwd(), 'dist/vflane.cjs');
const watch = join(folder, 'watch.cjs');
const memory = join(folder, 'memory');

/** A fabric of simulated hosts, four guests on two networks each. */
function fabricText(hosts: number): string {
  const guest = (host: number, n: number) => {
    const last = host * 4 + n + 1;
    const address = `10.${last >> 16}.${(last >> 8) & 255}.${last & 255}/12`;
    return `      h${host}-vm${n}: { external: true, networks: { storage: ${address}, household: none } }`;
  };
  const host = (n: number) => [
    `  h${n}:`,
    '    connect: sim:connectx5/debian-13?num-of-vfs=127',
    '    datapath: legacy-vlan',
    '    nic: "0000:03:00"',
    '    vfs: 127',
    '    guests:',
    ...[0, 1, 2, 3].map((place) => guest(n, place)),
  ];
  const networks = 'networks: { storage: { id: 42, mtu: 9000, subnet: 10.0.0.0/12 }, household: { id: 43 } }';
  return [
    'name: rack7',
    networks,
    'hosts:',
    ...Array.from({ length: hosts }, (_, n) => host(n)).flat(),
    '',
  ].join('\n');
}

function plan(hosts: number) {
  const file = join(folder, `${hosts}.yaml`);
  // 2: there are changes.
  const { ms } = timed([process.execPath, '-r', watch, bundle, 'plan', '--json', '-f', file], [2], 'ignore');
  return { ms, megabytes: Number(readFileSync(memory, 'utf8')) / 1024 };
}

writeFileSync(
  watch,
  `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(memory)}, String(process.resourceUsage().maxRSS)));`,
);
for (const hosts of [100, 1000]) writeFileSync(join(folder, `${hosts}.yaml`), fabricText(hosts));
const [few = [], many = []] = inTurns(rounds, [() => plan(100), () => plan(1000)]);
rmSync(folder, { recursive: true });

const fewMs = median(few.map(({ ms }) => ms));
const manyMs = median(many.map(({ ms }) => ms));
const peer = `100 hosts: ${seconds(fewMs)}`;
const what = 'vflane plan --json of 1000 simulated hosts, 4 guests each';
tell([
  { kind: 'time', what, figure: rounded(manyMs / 1000), unit: 's', limit: { atMost: 5 }, peer },
  {
    kind: 'count',
    what: `${what}: memory`,
    figure: Math.round(Math.max(...many.map(({ megabytes }) => megabytes))),
    unit: 'MB',
    limit: { atMost: 512 },
  },
  {
    kind: 'time',
    what: `${what}: times the time of 100`,
    figure: rounded(manyMs / fewMs),
    unit: '×',
    limit: { atMost: 12 },
    peer,
  },
]);
