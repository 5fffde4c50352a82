import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expandOvsTc } from '../src/datapath/ovs-tc.ts';
import { parseFabric } from '../src/fabric/parse-fabric.ts';
import { emptyLedger } from '../src/model/ledger.ts';
import { missingOvs, RealOvs } from '../tests/ovs-real.ts';
import { type Figure, inTurns, median, rounded, seconds, tell, timed } from './figure.ts';
import { ovsFabricText } from './ovs-fabric.ts';

const rounds = 3;
/** Calls by hand actually made; the time is scaled to 1000: each makes ovs-vswitchd check every port again. */
const sample = 100;
const bridge = 'br-net0';
const least = { atLeast: 25 };
const start = join(import.meta.dirname, 'ovs/bin/start.cjs');
const byHand = join(process.cwd(), 'bench/ovs-by-hand.sh');

interface Ours {
  readonly outcome: { readonly kind: string };
  /** From the first look to the last; `wholeMs` includes Node's start and reading the file. */
  readonly ms: number;
  readonly wholeMs: number;
  readonly ports: number;
  readonly processes: readonly string[];
}

interface Theirs {
  readonly portsMs: number;
  readonly flowsMs: number;
}

const missing = missingOvs();
if (missing !== undefined) throw new Error(`nothing to measure with: ${missing}`);
const ovs = new RealOvs();
const folder = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
let states = 0;
try {
  await ovs.start();
  process.env.OVS_RUNDIR = ovs.folder;
  tell([...applied(), ...asManyNetworks(8), ...nothingToDo()]);
} finally {
  await ovs.stop();
  rmSync(folder, { recursive: true });
}

/** Writes a file with this many guests, and the input for doing the same by hand. Returns the folder. */
function written(name: string, ports: number, networks: number, spoofchk: boolean): string {
  const place = join(folder, name);
  mkdirSync(place);
  const text = ovsFabricText(ports, networks, spoofchk);
  writeFileSync(join(place, 'fabric.yaml'), text);
  const { fabric } = parseFabric(text, 'fabric.yaml');
  const [host] = fabric?.hosts ?? [];
  if (!fabric || !host) throw new Error('the fabric is wrong');
  const { overlay } = expandOvsTc(fabric, host, emptyLedger);
  const names = (overlay?.bridges ?? []).flatMap(({ guestPorts }) => guestPorts.map(({ port }) => port));
  writeFileSync(join(place, 'ports'), names.map((port) => `${port}\n`).join(''));
  mkdirSync(join(place, 'flows'));
  const flows = Object.values(overlay?.flows ?? {}).flat();
  for (const port of names) {
    const own = flows.filter(
      (line) => line.includes(`in_port="${port}"`) || line.includes(`in_port=${port},`),
    );
    writeFileSync(join(place, 'flows', port), own.map((line) => `${line}\n`).join(''));
  }
  return place;
}

/** `vflane apply` with a new journal, or with the last one's. */
function ours(place: string, again = false): Ours {
  if (!again) states += 1;
  const state = join(folder, `state-${states}`);
  const { ms, stdout } = timed([process.execPath, start, ovs.folder, join(place, 'fabric.yaml'), state]);
  const run = { ...(JSON.parse(stdout) as Omit<Ours, 'wholeMs'>), wholeMs: ms };
  const wanted = again ? 'nothing-to-do' : 'applied';
  if (run.outcome.kind !== wanted) throw new Error(`not ${wanted}: ${JSON.stringify(run.outcome)}`);
  const there = ovs.run([
    'ovs-vsctl',
    '--bare',
    '--columns=name',
    'find',
    'Interface',
    'type!=internal',
  ]).stdout;
  const ports = there.split('\n').filter(Boolean).length;
  if (ports !== run.ports) throw new Error(`${ports} of ${run.ports} ports are there`);
  return run;
}

function warmUp(place: string): Ours {
  process.env.VFLANE_WRITE_CACHE = '1';
  const first = ours(place);
  delete process.env.VFLANE_WRITE_CACHE;
  return first;
}

function theirs(place: string, ...words: readonly string[]): Theirs {
  const { stdout } = timed(['bash', byHand, bridge, place, ...words]);
  const [ports = 0, flows = 0] = stdout.split(' ').map(Number);
  return { portsMs: ports / 1000, flowsMs: flows / 1000 };
}

function cleared<Result>(work: () => Result): Result {
  const bridges = ovs.run(['ovs-vsctl', 'list-br']).stdout.split('\n').filter(Boolean);
  for (const name of bridges) ovs.run(['ovs-vsctl', 'del-br', name]);
  return work();
}

/** The same ports and flows, with one call each. */
function handMade(place: string): Theirs {
  return cleared(() => {
    ovs.run(['ovs-vsctl', 'add-br', bridge]);
    return theirs(place);
  });
}

/** Processes of Open vSwitch's own tools, without ovs-appctl, which only asks whether the daemon runs. */
function ovsProcesses({ processes }: Ours): readonly string[] {
  return processes.filter((argv) => /^ovs-(vs|of)ctl /.test(argv)).map((argv) => argv.slice(0, 100));
}

function applied(): readonly Figure[] {
  const checked = written('checked', 254, 1, true);
  const plain = written('plain', 254, 1, false);
  const first = cleared(() => warmUp(checked));
  const [ourRuns = [], plainRuns = [], theirRuns = [], theirPlainRuns = []] = inTurns<Ours | Theirs>(rounds, [
    () => cleared(() => ours(checked)),
    () => cleared(() => ours(plain)),
    () => handMade(checked),
    () => handMade(plain),
  ]);
  const mine = medians(ourRuns as readonly Ours[]);
  const bare = medians(plainRuns as readonly Ours[]);
  const bothMs = (runs: readonly unknown[]) =>
    median((runs as readonly Theirs[]).map(({ portsMs, flowsMs }) => portsMs + flowsMs));
  const portsMs = median((theirPlainRuns as readonly Theirs[]).map((run) => run.portsMs));
  return [
    {
      kind: 'count',
      what: `${first.ports} OVS ports planned and applied, looks included`,
      figure: ovsProcesses(first).length,
      unit: 'processes',
      limit: { atMost: 6 },
      peer: 'one ovs-vsctl and one ovs-ofctl a port: 508',
      details: ovsProcesses(first),
    },
    faster('254 OVS ports and the flows that hold their guests: faster by', bothMs(theirRuns), mine, least),
    faster('254 OVS ports without spoofchk, a flow each: faster by', bothMs(theirPlainRuns), bare, least),
    faster('… and by hand without any flow, on a bridge that forwards all: faster by', portsMs, bare),
  ];
}

function medians(runs: readonly Ours[]): { readonly ms: number; readonly wholeMs: number } {
  return { ms: median(runs.map(({ ms }) => ms)), wholeMs: median(runs.map(({ wholeMs }) => wholeMs)) };
}

function faster(
  what: string,
  theirMs: number,
  { ms, wholeMs }: { readonly ms: number; readonly wholeMs: number },
  limit?: Figure['limit'],
): Figure {
  const peer = `one call a port ${seconds(theirMs)}, vflane ${seconds(ms)} (${seconds(wholeMs)} with its start)`;
  return { kind: 'time', what, figure: rounded(theirMs / ms), unit: '×', peer, ...(limit && { limit }) };
}

/** Flows belong to a bridge: two looks and a change for each. */
function asManyNetworks(networks: number): readonly Figure[] {
  const place = written('networks', 254, networks, true);
  const run = cleared(() => ours(place));
  const figure = ovsProcesses(run).length;
  const what = `254 OVS ports on ${networks} networks`;
  return [{ kind: 'count', what, figure, unit: 'processes', limit: { atMost: 4 + 2 * networks } }];
}

function nothingToDo(): readonly Figure[] {
  const place = written('thousand', 1000, 1, true);
  cleared(() => ours(place));
  const runs = Array.from({ length: rounds }, () => ours(place, true));
  const { wholeMs } = medians(runs);
  const names = readFileSync(join(place, 'ports'), 'utf8').split('\n').slice(0, sample);
  writeFileSync(join(place, 'ports'), names.map((name) => `${name}\n`).join(''));
  rmSync(join(place, 'flows'), { recursive: true });
  const portsMs = (theirs(place, '--may-exist').portsMs / sample) * 1000;
  const what = 'nothing to do with 1000 OVS ports';
  const peer = `ovs-vsctl --may-exist ${seconds(portsMs)} (${sample} calls × ${1000 / sample}), vflane ${seconds(wholeMs)} with its start`;
  return [
    {
      kind: 'count',
      what,
      figure: runs[0] ? ovsProcesses(runs[0]).length : 0,
      unit: 'processes',
      limit: { atMost: 2 },
    },
    {
      kind: 'time',
      what: `${what}: faster by`,
      figure: rounded(portsMs / wholeMs),
      unit: '×',
      limit: { atLeast: 5 },
      peer,
    },
  ];
}
