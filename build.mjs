// Bundled files start in half the time of separate modules; the agent's bundle is copied to hosts as it is.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

const root = new URL('.', import.meta.url).pathname;

// The charts' code is ten times the size of the rest, and hosts never draw: it is a separate file, loaded on demand.
const chartsApart = {
  name: 'charts-apart',
  setup({ onLoad }) {
    const contents =
      "export const reportOf = (input) => require(require('node:path').join(__dirname, 'vflane-report.cjs')).reportOf(input);";
    onLoad({ filter: /\/src\/report\/page\.ts$/ }, () => ({ contents, loader: 'js' }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
  metafile: true,
};

const charts = await build({
  ...common,
  entryPoints: ['src/report/page.ts'],
  outfile: 'dist/vflane-report.cjs',
  minifyIdentifiers: true,
});

const program = await build({
  ...common,
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/vflane.cjs',
  define: { VFLANE_VERSION: JSON.stringify(version) },
  plugins: [chartsApart],
});

const agent = await build({
  ...common,
  entryPoints: ['src/cli/main-agent.ts'],
  outfile: 'dist/vflane-agent.cjs',
  define: { VFLANE_VERSION: JSON.stringify(version) },
});

// V8 recognizes a stale cache only by the length of the source, so the cache goes first; and builds may run in parallel.
mkdirSync(`${root}dist`, { recursive: true });
rmSync(`${root}dist/vflane.cache`, { force: true });
put('vflane-report.cjs', charts.outputFiles[0].contents);
put('vflane-agent.cjs', agent.outputFiles[0].contents);
put('vflane.cjs', program.outputFiles[0].contents);

// The packages whose code is in it, for the licences that a package must name.
const inputs = [charts, program, agent].flatMap(({ metafile }) => Object.keys(metafile.inputs));
const packages = inputs.flatMap(
  (path) => /^node_modules\/((?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
);
writeFileSync(`${root}dist/bundled.json`, `${JSON.stringify([...new Set(packages)].sort())}\n`);

// V8's compiled code after the bundle has read a small file, for bin/start.cjs. Everything works without it, only slower.
spawnSync(process.execPath, ['bin/start.cjs', 'validate', '-f', 'bin/sample.yaml'], {
  cwd: root,
  env: { ...process.env, VFLANE_WRITE_CACHE: '1' },
});

/** A program started meanwhile gets the old one or the new one. */
function put(name, contents) {
  writeFileSync(`${root}dist/${name}.${process.pid}`, contents);
  renameSync(`${root}dist/${name}.${process.pid}`, `${root}dist/${name}`);
}
