import { posix } from 'node:path';
import { type Errno, Refusal } from '../errno.ts';
import { walk } from '../files/node.ts';
import { rootOf, writeFile } from '../files/root.ts';
import { isEmptyFolder, isOrdinaryFolder, makeFolder, removeFile, removeFolder } from '../folders.ts';
import { each, isKernelFile, operands } from './files.ts';
import { type Call, failed, type Program, type Reply, silent } from './program.ts';

type Kind = 'file' | 'dir' | 'link' | undefined;

/** What is at a path; undefined if nothing is. */
function kindOf(call: Call, path: string): Kind {
  try {
    return walk(rootOf(call.state, call.ns), path, false).node.kind;
  } catch (refusal) {
    if (refusal instanceof Refusal && refusal.errno === 'ENOENT') return undefined;
    throw refusal;
  }
}

function has(call: Call, letter: string, long: string): boolean {
  return call.argv.some((word) => word === long || (/^-[a-zA-Z]+$/.test(word) && word.includes(letter)));
}

function refuseUnlessMine(call: Call, path: string): void {
  if (call.state.uid !== 0 || isKernelFile(path)) throw new Refusal('EACCES');
}

/** coreutils: an error without an operand. `%s` in the complaint is the path. */
function withOperands(call: Call, complaint: string, act: (path: string) => void): Reply {
  const [name = ''] = call.argv;
  const paths = operands(call);
  if (paths.length === 0)
    return failed(1, `${name}: missing operand\nTry '${name} --help' for more information.\n`);
  const tell = (path: string, why: string) => `${complaint.replace('%s', () => path)}: ${why}`;
  return each(paths, tell, (path) => {
    act(posix.normalize(path).replace(/(.)\/$/, '$1'));
    return '';
  });
}

export const mkdir: Program = (call) =>
  withOperands(call, 'mkdir: cannot create directory ‘%s’', (path) =>
    make(call, path, has(call, 'p', '--parents')),
  );

function make(call: Call, path: string, parents: boolean): void {
  const kind = kindOf(call, path);
  if (kind === 'dir' && parents) return;
  if (kind !== undefined) throw new Refusal('EEXIST');
  const parent = posix.dirname(path);
  if (parents) make(call, parent, true);
  else if (kindOf(call, parent) === undefined) throw new Refusal('ENOENT');
  refuseUnlessMine(call, path);
  makeFolder(call.state, path);
}

export const rm: Program = (call) => {
  const force = has(call, 'f', '--force');
  const recursive = has(call, 'r', '--recursive') || has(call, 'R', '--recursive');
  if (force && operands(call).length === 0) return silent;
  if (recursive && operands(call).some((path) => /^\/+$/.test(path))) return failed(1, keepsRoot);
  return withOperands(call, "rm: cannot remove '%s'", (path) => {
    const kind = kindOf(call, path);
    if (kind === undefined && force) return;
    if (kind === 'dir' && !recursive) throw new Refusal('EISDIR');
    if (kind !== undefined) refuseUnlessMine(call, path);
    if (kind === 'dir') removeFolder(call.state, path);
    else removeFile(call.state, path);
  });
};

/** coreutils 9.7 */
const keepsRoot =
  "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failure\n";

export const rmdir: Program = (call) =>
  withOperands(call, "rmdir: failed to remove '%s'", (path) => {
    const why = whyNotRemoved(call, path);
    if (why === 'ENOTEMPTY' && call.argv.includes('--ignore-fail-on-non-empty')) return;
    if (why !== undefined) throw new Refusal(why);
    removeFolder(call.state, path);
  });

function whyNotRemoved(call: Call, path: string): Errno | undefined {
  const kind = kindOf(call, path);
  if (kind === undefined) return 'ENOENT';
  if (kind !== 'dir') return 'ENOTDIR';
  if (!isOrdinaryFolder(call.state, path) || call.state.uid !== 0) return 'EACCES';
  return isEmptyFolder(call.state, path) ? undefined : 'ENOTEMPTY';
}

/** One file onto a path or into a folder. */
/** coreutils 9.1: everything, or the named files. */
export const sync: Program = (call) =>
  each(
    operands(call),
    (path, why) => `sync: error opening '${path}': ${why}`,
    (path) => {
      if (kindOf(call, path) === undefined) throw new Refusal('ENOENT');
      return '';
    },
  );

export const mv: Program = (call) => {
  const [from = '', to = ''] = operands(call);
  const text = Object.hasOwn(call.state.files, from) ? call.state.files[from] : undefined;
  if (text === undefined) return failed(1, `mv: cannot stat '${from}': No such file or directory\n`);
  const target = kindOf(call, to) === 'dir' ? `${to.replace(/\/$/, '')}/${posix.basename(from)}` : to;
  if (call.argv.includes('-n') && kindOf(call, target) !== undefined) return silent;
  const tell = (path: string, why: string) => `mv: cannot move '${from}' to '${path}': ${why}`;
  return each([target], tell, (path) => {
    writeFile(call.state, call.ns, path, text, 'ENOENT');
    removeFile(call.state, from);
    return '';
  });
};
