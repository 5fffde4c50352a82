import { delimiter } from 'node:path';
import { findProgram } from '../host/find-program.ts';
import { LabError } from './errors.ts';

/** A program the lab runs, and the Debian package that holds it. */
interface Need {
  readonly tool: string;
  readonly debianPackage: string;
  readonly rootless?: true;
}

/** Everything that the lab needs on its machine besides Node. It finds or unpacks QEMU itself. */
const labNeeds: readonly Need[] = [
  { tool: 'mmdebstrap', debianPackage: 'mmdebstrap' },
  { tool: 'mke2fs', debianPackage: 'e2fsprogs' },
  { tool: 'ssh', debianPackage: 'openssh-client' },
  { tool: 'ssh-keygen', debianPackage: 'openssh-client' },
  { tool: 'flock', debianPackage: 'util-linux' },
  { tool: 'setpriv', debianPackage: 'util-linux' },
  { tool: 'tar', debianPackage: 'tar' },
  // Only an ordinary user's image is built in a user namespace.
  { tool: 'newuidmap', debianPackage: 'uidmap', rootless: true },
];

/** PATH with the system folders that an ordinary user's lacks: mke2fs is in /usr/sbin. */
export function labPath(path: string | undefined): string {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...folders, '/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'])].join(
    delimiter,
  );
}

/** The path of `tool`, or undefined. */
export function findTool(tool: string, path = labPath(process.env.PATH)): string | undefined {
  return findProgram(tool, path);
}

/** Throws LAB_TOOL_MISSING naming every missing tool and the one command that installs them. */
export function checkNeeds(asRoot = isRoot()): void {
  const missing = labNeeds.filter((need) => !(asRoot && need.rootless) && findTool(need.tool) === undefined);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((need) => need.debianPackage))].join(' ');
  throw new LabError(
    'LAB_TOOL_MISSING',
    `the lab needs ${missing.map((need) => need.tool).join(', ')}`,
    `${asRoot ? '' : 'sudo '}apt-get install ${packages}`,
  );
}

/** Whether this process is root, which needs no user namespace. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
