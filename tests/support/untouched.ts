import type { Fabric, FabricHost } from '../../src/model/fabric.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { LogEntry } from '../../src/sim/state.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** A guest with everything that a command could name it by. */
export interface NamedGuest {
  readonly name: string;
  readonly isInNamespace: boolean;
  /** PCI addresses of its VFs. */
  readonly vfs: readonly string[];
  /** `enp3s0f0np0 vf 2 `: how an `ip` command names a VF. */
  readonly words: readonly string[];
}

/** Guests that are the same in both files and that the plan claims neither to interrupt nor to serve. */
export async function untouchedGuests(
  world: World,
  scenario: Scenario,
  plan: Plan,
): Promise<readonly NamedGuest[]> {
  const { before, fabric, host } = scenario;
  if (!before || plan.steps.some(isPoolRemade)) return [];
  const disrupted = new Set(plan.steps.flatMap((step) => step.disrupts));
  // If only the host has drifted, the plan itself says for whom it is mended.
  const served = new Set(scenario.since.length > 0 ? plan.steps.flatMap((step) => step.for) : []);
  const { allocation } = (await world.process().fold()).ledger;
  return before.host.guests
    .filter(({ name }) => !disrupted.has(name) && !served.has(name))
    .filter(({ name }) => wordsOf(before.fabric, before.host, name) === wordsOf(fabric, host, name))
    .map(({ name, kind }) => named(world, host, allocation, name, kind === 'netns'));
}

/** Whether a pool is made again, and with it every VF. */
function isPoolRemade({ changes }: Plan['steps'][number]): boolean {
  return changes.some(({ resource, from }) => resource === 'num-vfs' && from !== null);
}

/** Everything that the file says about a guest. */
function wordsOf(fabric: Fabric, host: FabricHost, name: string): string {
  const guest = host.guests.find((one) => one.name === name);
  const on = guest?.attachments.map(({ network }) => fabric.networks.find((one) => one.name === network));
  return JSON.stringify([guest, on]);
}

function named(
  { state }: World,
  host: FabricHost,
  allocation: Plan['allocation'],
  name: string,
  isInNamespace: boolean,
): NamedGuest {
  const indices = Object.entries(allocation)
    .filter(([attachment]) => attachment.startsWith(`${name}/`))
    .map(([, index]) => index);
  // On an overlay, a guest has one VF from either pool; otherwise one from each.
  const isOverlay = host.datapath !== 'legacy-vlan';
  const of = (port: number) =>
    isOverlay
      ? indices.filter((index) => Math.floor(index / host.vfs) === port).map((index) => index % host.vfs)
      : indices;
  const vfs = state.pfs.flatMap((pf, port) => of(port).map((index) => pf.vfs[index]?.pci ?? ''));
  const words = state.pfs.flatMap((pf, port) => {
    const netdev = state.netdevs.find((one) => one.pci === pf.pci)?.name;
    return of(port).map((index) => `${netdev} vf ${index} `);
  });
  return { name, isInNamespace, vfs, words };
}

/** Every change that names the guest, its namespace or one of its VFs. */
export function mentions(log: readonly LogEntry[], guest: NamedGuest): readonly string[] {
  // replace-flows gets all of a bridge's flows, and leaves unchanged ones alone (ovs-ofctl(8)).
  const asked = log.filter(({ run }) => run?.[0] !== 'ovs-ofctl');
  const lines = asked.flatMap(({ run, stdin, write, text }) =>
    run ? [run.join(' '), ...(stdin ?? '').split('\n').map((line) => `${line} `)] : [`${write} ${text}`],
  );
  const marks = [...guest.vfs, ...guest.words];
  const inside = new RegExp(`(-n|netns( \\w+)?) ${guest.name}( |$)`);
  return lines.filter(
    (line) => marks.some((mark) => line.includes(mark)) || (guest.isInNamespace && inside.test(line)),
  );
}
