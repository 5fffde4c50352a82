import { resolve } from 'node:path';
import { LabError, withLabErrors } from './errors.ts';
import { type CardPort, type CutCable, hostFiles, readRecord, writeRecord } from './folder.ts';
import { withLabLock } from './lab-lock.ts';
import { ownPid } from './process.ts';
import { withQmp } from './qmp.ts';
import { lastLines, run } from './run.ts';
import { labDestination } from './status.ts';

export interface Cable {
  readonly dir: string;
  readonly host: string;
  readonly port: CardPort;
}

export interface CableChanged {
  /** The PF's netdev that was taken down, or up again, with the cable. */
  readonly pf?: string;
  /** What could not be done on the host. */
  readonly trouble?: string;
}

/** QEMU's name of a port's cable. */
export function cableId(port: CardPort): string {
  return `n${port}`;
}

/**
 * Pulls the cable of a host's port. The PF loses its carrier, but the emulated VFs do not (igbvf waits for an interrupt
 * that never comes), so a PF with VFs is also taken down, and then they do.
 */
export function cutCable(cable: Cable): Promise<CableChanged> {
  return changing(cable, async (dir, cut) => {
    const earlier = cut.find(isOf(cable));
    // First, so that VFs and PF lose their link at the same moment.
    const downed = await onHost(dir, cable, takeDown);
    await setLink(dir, cable, false);
    const pfDown = downed.said ?? earlier?.pfDown;
    const kept = cut.filter((one) => !isOf(cable)(one));
    remember(dir, [...kept, { host: cable.host, port: cable.port, ...(pfDown ? { pfDown } : {}) }]);
    return changed({ ...downed, ...(pfDown ? { said: pfDown } : {}) });
  });
}

/** Plugs the cable in again, and takes up the PF that was taken down with it. */
export function joinCable(cable: Cable): Promise<CableChanged> {
  return changing(cable, async (dir, cut) => {
    await setLink(dir, cable, true);
    const pf = cut.find(isOf(cable))?.pfDown;
    const raised = pf === undefined ? {} : await onHost(dir, cable, putUp);
    remember(
      dir,
      cut.filter((one) => !isOf(cable)(one)),
    );
    return changed(raised);
  });
}

function changed({ said, trouble }: Said): CableChanged {
  return { ...(said ? { pf: said } : {}), ...(trouble ? { trouble } : {}) };
}

function isOf({ host, port }: Cable): (cut: CutCable) => boolean {
  return (cut) => cut.host === host && cut.port === port;
}

function changing(
  cable: Cable,
  work: (dir: string, cut: readonly CutCable[]) => Promise<CableChanged>,
): Promise<CableChanged> {
  const dir = resolve(cable.dir);
  return withLabErrors(async () => {
    labDestination(dir, cable.host);
    return withLabLock(dir, { waitMs: 10_000 }, async () => {
      checkRuns(dir, cable.host);
      return work(dir, readRecord(dir)?.cut ?? []);
    });
  });
}

/** Throws LAB_NOT_UP if the host's QEMU does not run. */
export function checkRuns(dir: string, host: string): void {
  labDestination(dir, host);
  if (ownPid(dir, hostFiles(host).pid) !== undefined) return;
  throw new LabError('LAB_NOT_UP', `${host} does not run`, `start it: vflane lab power-cycle ${host}`);
}

function remember(dir: string, cut: readonly CutCable[]): void {
  const record = readRecord(dir);
  if (record) writeRecord(dir, { ...record, cut });
}

export function setLink(dir: string, { host, port }: Omit<Cable, 'dir'>, up: boolean): Promise<unknown> {
  return withQmp(dir, hostFiles(host).qmp, 10_000, (qmp) =>
    qmp.execute('set_link', { name: cableId(port), up }),
  );
}

interface Said {
  readonly said?: string;
  readonly trouble?: string;
}

/** A PF with another driver (vfio-pci) has no netdev; one that is already down is left to its owner. */
const takeDown = `pf=/sys/bus/pci/devices/0000:01:00.$1
[ "$(cat $pf/sriov_numvfs)" -gt 0 ] || exit 0
for net in $pf/net/*; do
  [ -e "$net" ] && [ $(($(cat "$net/flags") & 1)) = 1 ] || continue
  ip link set dev "\${net##*/}" down && echo "\${net##*/}"
done`;

const putUp = `for net in /sys/bus/pci/devices/0000:01:00.$1/net/*; do
  [ -e "$net" ] && ip link set dev "\${net##*/}" up && echo "\${net##*/}"
done`;

async function onHost(dir: string, { host, port }: Cable, script: string): Promise<Said> {
  // The remote shell parses one line: the script is one word of it, in single quotes, and contains none itself.
  const argv = ['ssh', ...labDestination(dir, host), `sh -c '${script}' sh ${port}`];
  const ran = await run(argv, { timeoutMs: 20_000 });
  const said = ran.stdout.trim();
  if (ran.code === 0) return said ? { said } : {};
  const why = ran.timedOut ? 'it did not answer in time' : lastLines(ran.stderr, 1);
  return { trouble: `${host} could not set its PF's link: ${why}` };
}
