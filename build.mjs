// One bundled file: it starts in half the time of separate modules, and the agent can be copied to a host as it is.
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

await build({
  absWorkingDir: import.meta.dirname ?? new URL('.', import.meta.url).pathname,
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/vflane.cjs',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  define: { VFLANE_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
});
