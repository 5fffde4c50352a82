import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** Bundles a TypeScript program, whose imports are relative to the root of the repository, for a process of its own. */
export function bundleProgram(source: string, outfile: string): void {
  buildSync({
    stdin: { contents: source, loader: 'ts', resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: outfile.endsWith('.cjs') ? 'cjs' : 'esm',
    logLevel: 'error',
  });
}
