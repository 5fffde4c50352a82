import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { runOnHost } from './run-on-host.ts';

const around = { env: {}, cwd: '/', stdout: { write: () => true }, stderr: { write: () => true } };

test.each([[['plan']], [['agent']], [['agent', '--help']], [[]]])(
  'a host is not asked for %j',
  async (argv) => {
    await expect(runOnHost(argv, around)).rejects.toThrow(/starts on hosts by itself|needs something to do/);
  },
);

test('what is copied to a host has none of what only an operator needs', () => {
  const { metafile } = buildSync({
    entryPoints: ['src/cli/main-agent.ts'],
    bundle: true,
    platform: 'node',
    write: false,
    metafile: true,
    outdir: 'dist',
    logLevel: 'error',
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain('src/cli/agent.ts');
  const operators = /node_modules\/(commander|zod|yaml|echarts)\/|^src\/(sim|lab|report)\//;
  expect(inputs.filter((path) => operators.test(path))).toEqual([]);
});
