import { mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { buildError } from './debian.ts';
import { startDetached } from './detached.ts';
import { LabError } from './errors.ts';
import { type HostRecord, hostFiles, labFiles } from './folder.ts';
import { ownPid, runs, stopPid } from './process.ts';
import { type Machine, machineArgv } from './qemu.ts';
import type { Qemu } from './qemu-binary.ts';
import { withQmp } from './qmp.ts';
import { lastLines, run } from './run.ts';
import { poll } from './wait.ts';

/** Makes the folder for a host's own files. */
export function makeHostFolder(dir: string, name: string): void {
  mkdirSync(join(dir, hostFiles(name).folder), { recursive: true });
}

/** Makes a host's disk: an overlay on the image, so that the host starts as Debian made it and keeps what it writes. */
export async function makeDisk(dir: string, qemu: Qemu, name: string, image: string): Promise<void> {
  makeHostFolder(dir, name);
  const disk = join(dir, hostFiles(name).disk);
  rmSync(disk, { force: true });
  const argv = [...qemu.img, 'create', '-q', '-f', 'qcow2', '-b', image, '-F', 'raw', disk];
  const ran = await run(argv, { timeoutMs: 30_000, env: qemu.env });
  if (ran.code !== 0) throw buildError('qemu-img', ran);
}

/** Starts QEMU for a host and returns when its QMP answers. `check` throws if the lab's start is to end. */
export async function startMachine(
  dir: string,
  qemu: Qemu,
  machine: Machine,
  check: () => void,
  extra: readonly string[] = [],
): Promise<void> {
  check();
  const files = hostFiles(machine.name);
  rmSync(join(dir, files.qmp), { force: true });
  rmSync(join(dir, files.serial), { force: true });
  const argv = [...qemu.system, ...machineArgv(dir, machine, qemu.version), ...extra];
  const child = startDetached(argv, dir, files.log, qemu.env);
  const answers = () => withQmp(dir, files.qmp, 5_000, async () => true).catch(() => false);
  const up = await poll(20_000, 50, async () => child.ended() || (await answers()));
  if (up && !child.ended()) return check();
  child.kill();
  throw startError(machine, child.log());
}

function startError(machine: Machine, log: string): LabError {
  if (/host forwarding/i.test(log)) {
    const message = `port ${machine.sshPort} for ${machine.name} was taken meanwhile`;
    return new LabError('LAB_PORT_TAKEN', message, 'run `vflane lab up` again');
  }
  return new LabError(
    'LAB_QEMU_FAILED',
    `QEMU of ${machine.name} did not start: ${log}`,
    '`vflane lab down` cleans up',
  );
}

export interface SshWait {
  readonly timeoutMs: number;
  readonly command: () => readonly string[];
  /** Throws if the lab's start is to end. */
  readonly check: () => void;
}

/** Waits until `command` runs on a host. Until sshd greets, each try costs one connection and no process. */
export async function waitForSsh(
  dir: string,
  host: HostRecord,
  { timeoutMs, command, check }: SshWait,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  const left = () => Math.max(end - performance.now(), 0);
  const alive = () => {
    check();
    return ownPid(dir, hostFiles(host.name).pid) !== undefined;
  };
  let said = 'its sshd says nothing';
  const listens = await poll(
    left(),
    100,
    async () => !alive() || greets(host.sshPort, Math.min(left(), 5_000)),
  );
  const argv = ['ssh', '-F', join(dir, labFiles.sshConfig), host.name];
  const enter = async () => {
    const ran = await run([...argv, ...command()], { timeoutMs: Math.min(left(), 20_000) });
    said = lastLines(ran.stderr, 1) || 'ssh did not end in time';
    return ran.code === 0;
  };
  const entered = listens && (await poll(left(), 300, async () => !alive() || enter()));
  const serial = join(dir, hostFiles(host.name).serial);
  if (!alive())
    throw new LabError('LAB_QEMU_FAILED', `QEMU of ${host.name} died while it booted`, `see ${serial}`);
  if (entered) return;
  const message = `${host.name} did not answer by ssh within ${Math.round(timeoutMs / 1000)} s: ${said}`;
  throw new LabError('LAB_BOOT_TIMEOUT', message, `its console is in ${serial}`);
}

/** QEMU's user network accepts connections even if nothing listens in the guest: only a greeting means that sshd is up. */
export function greets(port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: timeoutMs });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (data) => end(data.toString('latin1').startsWith('SSH-')));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
  });
}

/** Ends a host's QEMU: by QMP, else by its pid. True if it was running. */
export async function stopMachine(dir: string, name: string): Promise<boolean> {
  const files = hostFiles(name);
  const pid = ownPid(dir, files.pid);
  if (pid === undefined) return false;
  await withQmp(dir, files.qmp, 2_000, (qmp) => qmp.execute('quit')).catch(() => undefined);
  if (!(await poll(3_000, 20, () => !runs(dir, pid)))) await stopPid(dir, pid, 2_000);
  return true;
}
