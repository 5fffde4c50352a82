import type { SimHost } from '../../../src/sim/sim-host.ts';
import { type Told, tell } from '../../../src/sim/testing/tell.ts';

/**
 * A shell for the forms in the log only: sudo, a pipe into tee, $(cat …) with braces, quotes, and waiting for a word in a
 * file. It types on a simulated host what an engineer typed on a real one.
 */
export async function type(host: SimHost, line: string): Promise<Told> {
  const awaited = /^while ! \[ (.*) == "(\w+)" \]; do .*; done; echo$/.exec(line);
  if (awaited) return wait(host, awaited[1] ?? '', awaited[2] ?? '');
  const [first = '', second] = (await substituted(host, line)).split(' | ').map((part) => part.trim());
  if (second === undefined) return redirected(host, first) ?? run(host, first);
  const { stdout } = echoed(first);
  return run(host, second, stdout);
}

/** `echo TEXT > PATH`, as root, who needs no tee. */
function redirected(host: SimHost, command: string): Promise<Told> | undefined {
  const [, text, path] = /^echo (.*) > (\S+)$/.exec(command) ?? [];
  return text === undefined ? undefined : tell(host, `tee ${path}`, `${text}\n`);
}

/** Ten tries, a second apart: the typed loop would wait forever. */
async function wait(host: SimHost, test: string, word: string): Promise<Told> {
  for (let look = 0; look < 10; look++) {
    if ((await substituted(host, test)) === word) return { stdout: '\n', stderr: '', code: 0 };
    await host.clock.sleep(1000);
  }
  return { stdout: '', stderr: `not ${word} after ten seconds\n`, code: 124 };
}

/** `$(cat a/{b,c})`: the words in the files. */
async function substituted(host: SimHost, line: string): Promise<string> {
  const found = /\$\((?:sudo )?cat ([^)]*)\)/.exec(line);
  if (!found) return line;
  const texts: string[] = [];
  for (const path of (found[1] ?? '').replaceAll('\\', '').split(' ').flatMap(expanded))
    texts.push(...(await tell(host, `cat ${path}`)).stdout.split(/\s+/));
  return line.replace(found[0], texts.filter((text) => text !== '').join(' '));
}

function expanded(path: string): readonly string[] {
  const braces = /^(.*)\{(.*)\}(.*)$/.exec(path);
  if (!braces) return [path];
  return (braces[2] ?? '').split(',').map((middle) => `${braces[1]}${middle}${braces[3]}`);
}

function echoed(command: string): { readonly stdout: string } {
  if (!command.startsWith('echo ')) throw new Error(`nothing is known of: ${command} |`);
  return { stdout: `${wordsOf(command).slice(1).join(' ')}\n` };
}

async function run(host: SimHost, command: string, stdin?: string): Promise<Told> {
  // `tell` splits at spaces, which only quoted words contain.
  const quoted = wordsOf(command.replace(/^sudo /, ''));
  if (quoted.every((word) => !word.includes(' '))) return tell(host, quoted.join(' '), stdin);
  const { stdout, stderr } = await host.run(quoted);
  return { stdout, stderr, code: 0 };
}

function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/["']/g, ''));
}
