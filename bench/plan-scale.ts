import { join } from 'node:path';
import { inTurns, median, rounded, seconds, tell, timed } from './figure.ts';

const rounds = 3;

interface Measured {
  readonly ms: number;
  readonly megabytes: number;
}

function plan(hosts: number): Measured {
  const { stdout } = timed([
    process.execPath,
    join(import.meta.dirname, 'programs/plan-hosts.mjs'),
    `${hosts}`,
  ]);
  return JSON.parse(stdout) as Measured;
}

const [few = [], many = []] = inTurns(rounds, [() => plan(100), () => plan(1000)]);
const fewMs = median(few.map(({ ms }) => ms));
const manyMs = median(many.map(({ ms }) => ms));
const peer = `100 hosts: ${seconds(fewMs)}`;
const what = 'plan 1000 bare hosts × 2 PFs × 127 VFs';
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
