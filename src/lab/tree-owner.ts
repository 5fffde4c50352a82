import { isRoot } from './needs.ts';
import { type Ran, run } from './run.ts';

/** Runs a program as the owner of a tree made by mmdebstrap: root, or root of an ordinary user's namespace. */
export function asTreeOwner(argv: readonly string[], tidies = false): Promise<Ran> {
  const helper = isRoot() ? [] : ['mmdebstrap', '--unshare-helper'];
  return run([...helper, ...argv], { timeoutMs: 300_000, tidies, withAll: !tidies });
}
