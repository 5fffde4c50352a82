import { resolve } from 'node:path';
import { checkRuns } from './cable.ts';
import { LabError } from './errors.ts';
import { whyNotFile } from './netdevsim-in-image.ts';
import { lastLines, run } from './run.ts';
import { labDestination } from './status.ts';

/** A port of netdevsim's card, with an eswitch of its own, as each PF of a real card has. */
export interface SimulatedPort {
  /** Its name in devlink. */
  readonly devlink: string;
  readonly netdev: string;
  readonly mode: string;
  readonly vfs: number;
  readonly maxVfs: number;
}

/** As on NVIDIA's cards (127 VFs per port). */
export const mostVfs = 127;

/** Two devices of netdevsim, each with a port and eight queues; a second run only sets the maximum of VFs again. */
const script = `set -e
if ! modprobe netdevsim; then cat ${whyNotFile} >&2; exit 9; fi
for id in 0 1; do
  at=/sys/bus/netdevsim/devices/netdevsim$id
  [ -e $at ] || echo "$id 1 8" > /sys/bus/netdevsim/new_device
  [ "$(cat $at/sriov_numvfs)" -gt 0 ] || echo "$1" > /sys/kernel/debug/netdevsim/netdevsim$id/max_vfs
done
udevadm settle --timeout=10
for id in 0 1; do
  name=netdevsim/netdevsim$id
  mode=$(devlink dev eswitch show $name | sed "s/.*mode //;s/ .*//")
  netdev=$(devlink port show | sed -n "s,^$name/0: .*netdev \\\\([^ ]*\\\\) .*,\\\\1,p")
  echo $name $netdev $mode $(cat /sys/bus/netdevsim/devices/netdevsim$id/sriov_numvfs \\
    /sys/kernel/debug/netdevsim/netdevsim$id/max_vfs)
done`;

/** Gives a running host a netdevsim card with at most so many VFs per port: it has an eswitch, but carries no packets. */
export async function makeNetdevsimCard(
  dir: string,
  host: string,
  maxVfs: number,
): Promise<readonly SimulatedPort[]> {
  const at = resolve(dir);
  checkRuns(at, host);
  const argv = ['ssh', ...labDestination(at, host), `sh -c '${script}' sh ${maxVfs}`];
  const ran = await run(argv, { timeoutMs: 60_000 });
  if (ran.code === 0) return ran.stdout.trim().split('\n').map(parsePort);
  const why = ran.timedOut ? 'it did not answer in time' : lastLines(ran.stderr, 3);
  if (ran.code !== noModule) throw new LabError('LAB_NETDEVSIM_FAILED', `${host}: ${why}`, 'see its dmesg');
  const hint =
    'the lab works without; to build it again: vflane lab down, and remove the image from the cache';
  throw new LabError('LAB_NO_NETDEVSIM', `the image was built without netdevsim: ${why}`, hint);
}

const noModule = 9;

function parsePort(line: string): SimulatedPort {
  const [devlink = '', netdev = '', mode = '', vfs, maxVfs] = line.split(' ');
  return { devlink, netdev, mode, vfs: Number(vfs), maxVfs: Number(maxVfs) };
}
