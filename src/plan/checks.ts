import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Step } from '../model/plan.ts';
import { apart } from './apart.ts';
import { type Difference, type Haves, keyOf, unseenOf } from './differences.ts';
import type { Occupancy } from './in-use.ts';
import { resourceOf } from './order.ts';
import type { PlanInput } from './plan-input.ts';
import { touchesWayIn } from './way-in.ts';

export interface CheckInput extends PlanInput {
  readonly haves: Haves;
  readonly differences: readonly Difference[];
  readonly steps: readonly Step[];
  readonly occupancy: Occupancy;
}

/** What stands against taking a plan's steps. */
export function checksOf(input: CheckInput): readonly Finding[] {
  return [
    ...unseen(input),
    ...foreign(input),
    ...foreignPools(input),
    ...disruption(input),
    ...handedOver(input),
    ...lockOut(input),
  ];
}

/** One finding per reason: several things may depend on one look. */
function unseen({ host, wants, haves }: CheckInput): readonly Finding[] {
  const reasons = new Map<string, Set<string>>();
  for (const { resource, unseen: why } of unseenOf(wants, haves)) {
    reasons.set(why, (reasons.get(why) ?? new Set()).add(resource));
  }
  return [...reasons].map(([why, resources]) => {
    const what = [...resources].join(', ');
    const message = `${host}: ${what} ${unseenWords}${why}`;
    return finding('VF3001', { host, at: what }, message, unseenHint(why));
  });
}

/** Between what could not be looked at and why. */
export const unseenWords = 'could not be looked at: ';

function unseenHint(why: string): string {
  return /ovsdb-server|ovs-vswitchd/.test(why)
    ? 'Start it (systemctl start openvswitch-switch; journalctl -b -u ovsdb-server -u ovs-vswitchd says why it stopped), and ask again.'
    : 'Make it readable (as root, with the tool installed), and ask again.';
}

/** vflane does not take apart what it did not make. */
function foreign({ host, ledger, differences }: CheckInput): readonly Finding[] {
  return differences
    .filter(({ resource, at, have }) => {
      const made = resourceOf(resource).made === true;
      return made && have !== null && !ledger.entries.has(keyOf({ resource, at }));
    })
    .map(({ resource, at, have, want }) =>
      finding(
        'VF3002',
        { host, at: `${resource} ${at}` },
        `${host}: ${resource} at ${at} ${apart(have, want)}, and vflane did not make it`,
        resource === 'num-vfs' ? poolHint(at) : removalHint(resource, at),
      ),
    );
}

/** Even a pool of the right size may be somebody else's: its VFs are not vflane's to unbind. */
function foreignPools({ host, ledger, differences, haves }: CheckInput): readonly Finding[] {
  const sized = new Set(differences.filter(({ resource }) => resource === 'num-vfs').map(({ at }) => at));
  const pools = [...(haves.get('num-vfs') ?? [])].filter(
    ([pf, have]) => have !== null && !sized.has(pf) && !ledger.entries.has(`num-vfs ${pf}`),
  );
  const touched = pools.filter(([pf]) =>
    differences.some(({ resource, at }) => resource.startsWith('vf-') && at.startsWith(`${pf}/`)),
  );
  return touched.map(([pf, have]) =>
    finding(
      'VF3002',
      { host, at: `num-vfs ${pf}` },
      `${host}: the ${JSON.stringify(have)} VFs of ${pf} were not made by vflane, and some would be set up anew`,
      poolHint(pf),
    ),
  );
}

const removals: { readonly [resource: string]: ((at: string) => string) | undefined } = {
  bridge: (at) => `ovs-vsctl del-br ${at}`,
  'underlay-bridge': (at) => `ovs-vsctl del-br ${at}`,
  'bridge-port': (at) => `ovs-vsctl del-port ${at.replace('/', ' ')}`,
  'host-bond': (at) => `ip link del dev ${at}`,
  'vlan-link': (at) => `ip link del dev ${at}`,
  netns: (at) => `ip netns del ${at}`,
};

function removalHint(resource: string, at: string): string {
  const command = removals[resource]?.(at);
  return command === undefined
    ? 'Remove it if nothing uses it, or choose another name, and ask again.'
    : `If nothing uses it, remove it (${command}), or choose another name, and ask again.`;
}

function poolHint(pf: string): string {
  return `If nothing uses these VFs, remove them (echo 0 > /sys/bus/pci/devices/${pf}/sriov_numvfs) and ask again.`;
}

function disruption({ host, steps, allowDisruption }: CheckInput): readonly Finding[] {
  if (allowDisruption) return [];
  const whyByGuest = new Map<string, string>();
  for (const step of steps) {
    for (const guest of step.disrupts)
      if (!whyByGuest.has(guest)) whyByGuest.set(guest, `${step.resource} at ${step.at}`);
  }
  return [...whyByGuest].map(([guest, what]) =>
    finding(
      'VF3003',
      { host, at: what },
      `${host}: ${guest} is running and would be interrupted (${what})`,
      `Stop ${guest} first, or say --allow-disruption.`,
    ),
  );
}

/** A VM that still holds a VF would wake up in the network of the guest that is given it, if only the tag changes. */
function handedOver({ host, occupancy, allowDisruption }: CheckInput): readonly Finding[] {
  if (allowDisruption) return [];
  return [...occupancy.users].flatMap(([at, { name, by }]) => {
    const [, next] = occupancy.owners.get(at) ?? [];
    if (by !== 'vfio' || next === undefined) return [];
    const message = `${host}: ${name} is running, and its VF (${at}) would be given to ${next}`;
    return [finding('VF3003', { host, at }, message, `Stop ${name} first, or say --allow-disruption.`)];
  });
}

/** A plan that touches the operator's own way in is taken only with a way back that needs no operator. */
function lockOut({ host, state, steps }: CheckInput): readonly Finding[] {
  if (state.session === undefined || !touchesWayIn(state, steps)) return [];
  return [
    finding(
      'VF3004',
      { host, at: state.session },
      `${host}: this plan touches ${state.session}, over which you are connected`,
      'Applied with a way back: unless you confirm it in time, the host undoes it by itself.',
    ),
  ];
}
