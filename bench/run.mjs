// Measures what vflane promises, each figure with its peer: `npm run bench [-- --json] [NAME...]`.
// A count beyond its limit fails the run; a time is only reported, because it is as reliable as the machine is idle.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const names = [
  'idle-host',
  'show-host',
  'change',
  'guests',
  'ovs-host',
  'ovs-ports',
  'start',
  'plan-scale',
  'plan-road',
  'mesh',
  'sim-host',
  'outages',
  'lab',
];
const words = process.argv.slice(2);
const asked = words.filter((word) => !word.startsWith('-'));
const wantsJson = words.includes('--json');

const root = join(import.meta.dirname, '..');
const usual = { absWorkingDir: root, bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
const out = mkdtempSync(join(tmpdir(), 'vflane-bench-'));
try {
  process.exitCode = await main();
} finally {
  rmSync(out, { recursive: true, force: true });
}

async function main() {
  const figures = [];
  prepare('node', ['build.mjs']);
  await bundle();
  for (const name of names.filter((one) => asked.length === 0 || asked.includes(one)))
    figures.push(...measure(name));
  const ordered = [...figures].sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'count' ? -1 : 1));
  const machine = { node: process.version, cores: availableParallelism(), load: loadavg()[0] };
  if (wantsJson) {
    const told = ordered.map((figure) => ({ ...figure, met: isMet(figure) }));
    process.stdout.write(
      `${JSON.stringify({ schema: 'vflane.benchmark/1', machine, figures: told }, null, 2)}\n`,
    );
  } else {
    print(ordered, machine);
  }
  return ordered.some((figure) => figure.kind === 'count' && !isMet(figure)) ? 1 : 0;
}

function prepare(program, argv) {
  const { status } = spawnSync(program, argv, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${program} ${argv.join(' ')} failed`);
}

async function bundle() {
  const benchmarks = names.map((name) => `bench/${name}.ts`);
  await build({
    ...usual,
    entryPoints: [...benchmarks, 'bench/programs/plan-hosts.ts'],
    outbase: 'bench',
    outdir: out,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    // The yaml package is CommonJS, and loads Node's own modules with `require`.
    banner: {
      js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
    },
  });
  // Built and started like the tool itself.
  await bundleAsTool('bench/programs/apply-here.ts', out);
  await bundleAsTool('bench/programs/ovs-ports.ts', join(out, 'ovs'));
  await bundleAsTool('bench/programs/show-here.ts', join(out, 'show'));
}

async function bundleAsTool(entryPoint, folder) {
  const outfile = join(folder, 'dist/vflane.cjs');
  const minified = { minifySyntax: true, minifyWhitespace: true, legalComments: 'none', format: 'cjs' };
  await build({ ...usual, ...minified, entryPoints: [entryPoint], outfile });
  cpSync(join(root, 'bin/start.cjs'), join(folder, 'bin/start.cjs'));
}

function measure(name) {
  process.stderr.write(`${name} …\n`);
  const { status, stdout } = spawnSync(process.execPath, [join(out, `${name}.mjs`)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the benchmark ${name} failed`);
  return JSON.parse(stdout);
}

function isMet({ figure, limit }) {
  if (limit === undefined) return true;
  return 'atMost' in limit ? figure <= limit.atMost : figure >= limit.atLeast;
}

function limitWords({ limit, unit }) {
  if (limit === undefined) return '';
  return 'atMost' in limit ? `≤ ${limit.atMost} ${unit}` : `≥ ${limit.atLeast} ${unit}`;
}

function print(figures, { node, cores, load }) {
  const rows = figures.map((figure) => [
    isMet(figure) ? 'ok' : 'MISSED',
    figure.what,
    `${figure.figure} ${figure.unit}`,
    limitWords(figure),
    figure.peer ?? '',
  ]);
  const table = [['', 'what', 'figure', 'limit', 'peer'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  for (const { what, details } of figures)
    if (details?.length) console.log(`\n${what}:\n${details.map((line) => `  ${line}`).join('\n')}`);
  console.log(`\nNode ${node}, ${cores} cores, load ${load.toFixed(1)}. Times are medians of runs in turns.`);
  if (figures.some((figure) => figure.kind === 'time' && !isMet(figure)) && load > cores / 2) {
    console.log(
      'A time missed its limit, and others were using this machine: measure again when it is quiet before believing it.',
    );
  }
}
