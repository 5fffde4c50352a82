import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Image } from './image.ts';
import { platform } from './qemu.ts';
import type { Qemu } from './qemu-binary.ts';
import { probeArgument, probeMark } from './recipe-script.ts';
import { run } from './run.ts';

const probeMs = 6_000;

/**
 * KVM if it really runs the lab's kernel here, else TCG. That /dev/kvm opens says little: on a machine that is itself a
 * guest, QEMU may die at once, or the kernel inside it in early boot. The verdict is kept in the cache.
 */
export async function chooseAccel(root: string, qemu: Qemu, image: Image): Promise<'kvm' | 'tcg'> {
  if (!mayOpenKvm()) return 'tcg';
  const key = createHash('sha256').update(`${qemu.version} ${release()}`).digest('hex').slice(0, 12);
  const verdict = join(root, `accel-${key}`);
  if (existsSync(verdict)) return readFileSync(verdict, 'utf8').trim() === 'kvm' ? 'kvm' : 'tcg';
  const accel = (await bootsUnderKvm(qemu, image)) ? 'kvm' : 'tcg';
  writeFileSync(verdict, `${accel}\n`);
  return accel;
}

function mayOpenKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function bootsUnderKvm(qemu: Qemu, image: Image): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-lab-probe-'));
  const argv = [
    ...qemu.system,
    ...platform('kvm', 512),
    ...['-no-reboot', '-serial', 'file:serial.log', '-kernel', image.kernel, '-initrd', image.initrd],
    ...['-append', `console=ttyS0 quiet panic=-1 ${probeArgument}`],
  ];
  try {
    await run(argv, { timeoutMs: probeMs, cwd: folder, env: qemu.env });
    return readFileSync(join(folder, 'serial.log'), 'utf8').includes(probeMark);
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
