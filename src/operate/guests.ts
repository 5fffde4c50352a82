import type { Fold } from '../apply/fold.ts';
import { datapaths } from '../datapath/datapath.ts';
import { placeOf } from '../doctor/rule.ts';
import { examine } from '../doctor/rules.ts';
import { finding } from '../model/catalogue.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import { observe } from '../observe/observe.ts';
import { differencesOf, havesOf, type Wants, wantsOf } from '../plan/differences.ts';
import { planFor } from '../plan/plan.ts';
import { machinesIn } from '../resource/machine-text.ts';
import { runningOf } from '../resource/vm-running.ts';
import type { HostPlan } from './plan-host.ts';
import { sectionsFor } from './sections.ts';
import type { Site } from './site.ts';

/** A host's VMs, as the file wants them and as they are. */
export interface GuestsLook {
  readonly spec: HostSpec;
  readonly state: HostState;
  readonly fold: Fold;
}

export async function lookAtGuests(site: Site, fabric: Fabric, host: FabricHost): Promise<GuestsLook> {
  const fold = await site.fold();
  const spec = datapaths[host.datapath](fabric, host, fold.ledger);
  const state = await observe(site.reader, sectionsFor(fabric, host, fold.ledger, spec));
  return { spec, state, fold };
}

/** The plan that starts or stops these guests of a host and does nothing else. */
export async function planGuests(
  site: Site,
  fabric: Fabric,
  host: FabricHost,
  names: readonly string[],
  to: 'running' | 'stopped',
): Promise<HostPlan> {
  const look = await lookAtGuests(site, fabric, host);
  const { spec, state, fold } = look;
  const asked = machinesIn(spec).filter(({ name }) => names.includes(name));
  const values = asked.map((one): [string, Json] => [
    one.name,
    to === 'stopped' ? null : runningOf(one, spec, state),
  ]);
  const wants: Wants = new Map([['vm-running', new Map(values)]]);
  const allocation = fold.ledger.allocation;
  const { ledger } = fold;
  const input = { host: host.name, state, ledger, wants, spec, allocation };
  // Whoever asks for this has decided that the guest may be interrupted.
  const { plan, differences } = planFor({ ...input, allowDisruption: true });
  const told = examine({ fabric, host, spec, state, ledger }).filter(({ code, where }) =>
    isAbout(code, where.path, host, names),
  );
  const against = to === 'stopped' ? [] : [...told, ...undefinedYet(fabric, host, look, names)];
  return { plan: { ...plan, findings: [...against, ...plan.findings] }, differences, state, fold, spec };
}

/** Findings on VMs in general, or on one of these. */
function isAbout(
  code: string,
  path: string | undefined,
  { name }: FabricHost,
  guests: readonly string[],
): boolean {
  if (!/^VF20[789]\d$/.test(code) || code === 'VF2080') return false;
  const of = `hosts.${name}.guests.`;
  return path?.startsWith(of) !== true || guests.some((guest) => `${path}.`.startsWith(`${of}${guest}.`));
}

const definitions: ReadonlySet<string> = new Set([
  'vm-disk',
  'vm-seed',
  'vm-template',
  'vm-unit',
  'vm-domain',
]);

/** A guest is started as the file has it, or not at all. */
function undefinedYet(
  fabric: Fabric,
  host: FabricHost,
  { spec, state, fold }: GuestsLook,
  names: readonly string[],
): readonly Finding[] {
  const differing = differencesOf(wantsOf(spec, state, fold.ledger), havesOf(state));
  const waiting = new Set(differing.filter(({ resource }) => definitions.has(resource)).map(({ at }) => at));
  return names
    .filter((name) => waiting.has(name))
    .map((name) =>
      finding(
        'VF2084',
        placeOf({ fabric, host }, 'guests', name),
        `${host.name}: ${name} is not there as the file describes it`,
        'Say `vflane apply` first.',
      ),
    );
}
