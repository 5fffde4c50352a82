import { Failure, Refusal } from '../errno.ts';
import { walk } from '../files/node.ts';
import { listDir, readFile, readLink, rootOf, writeFile } from '../files/root.ts';
import { because, type Call, failed, type Program, quoted, type Reply, said } from './program.ts';

/** Each operand by itself: a failure is printed, the others are still done, and the exit code is 1 (coreutils). */
export function each(
  paths: readonly string[],
  tell: (path: string, why: string) => string,
  act: (path: string) => string,
): Reply {
  const out: string[] = [];
  const err: string[] = [];
  for (const path of paths) {
    try {
      out.push(act(path));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      err.push(`${tell(path, because(error))}\n`);
    }
  }
  return { stdout: out.join(''), stderr: err.join(''), code: err.length > 0 ? 1 : 0 };
}

export function operands(call: Call): readonly string[] {
  return call.argv.slice(1).filter((word) => !word.startsWith('-'));
}

export const cat: Program = (call) =>
  each(
    operands(call),
    (path, why) => `cat: ${quoted(path)}: ${why}`,
    (path) => readFile(call.state, call.ns, path),
  );

export const ls: Program = (call) => {
  const reply = each(
    operands(call),
    (path, why) => `ls: cannot access '${path}': ${why}`,
    (path) => {
      const { node } = walk(rootOf(call.state, call.ns), path, true);
      const names = node.kind === 'dir' ? listDir(call.state, call.ns, path) : [path];
      return names.map((name) => `${name}\n`).join('');
    },
  );
  return reply.code === 0 ? reply : { ...reply, code: 2 };
};

/** Without -f, the target as it is; a path that is no link exits 1 silently. */
export const readlink: Program = (call) => {
  const whole = call.argv.some((word) => /^-[fem]$/.test(word));
  const one = (path: string) =>
    whole ? walk(rootOf(call.state, call.ns), path, true).path : readLink(call.state, path);
  const { stdout, code } = each(
    operands(call),
    () => '',
    (path) => `${one(path)}\n`,
  );
  return { stdout, stderr: '', code };
};

/** Its input goes to stdout even if the write fails; sysfs ignores -a. */
export const tee: Program = (call) => {
  const append = call.argv.includes('-a');
  const tell = (path: string, why: string) => `tee: ${quoted(path)}: ${why}`;
  const { stderr, code } = each(operands(call), tell, (path) => {
    // An empty write(2) does not reach an attribute.
    if (call.stdin === '' && isKernelFile(path)) return '';
    const old = append && !isKernelFile(path) ? previous(call, path) : '';
    writeFile(call.state, call.ns, path, old + call.stdin, 'EACCES');
    return '';
  });
  return { stdout: call.stdin, stderr, code };
};

export function isKernelFile(path: string): boolean {
  return /^\/(sys|proc|dev)\//.test(path);
}

function previous(call: Call, path: string): string {
  try {
    return readFile(call.state, call.ns, path);
  } catch (error) {
    if (error instanceof Refusal) return '';
    throw error;
  }
}

export const test: Program = (call) => {
  const [flag = '', path = ''] = call.argv.slice(1);
  if (!['-e', '-d', '-f'].includes(flag)) throw new Failure(2, 'test: unknown condition\n');
  try {
    const { node } = walk(rootOf(call.state, call.ns), path, true);
    const fits = flag === '-e' || (flag === '-d') === (node.kind === 'dir');
    return fits ? said('') : failed(1, '');
  } catch (error) {
    if (error instanceof Refusal) return failed(1, '');
    throw error;
  }
};
