import { datapaths } from '../datapath/datapath.ts';
import type { Examined } from '../doctor/rule.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Ledger } from '../model/ledger.ts';
import { grubFile, modulesFile, type SystemState } from '../model/preparation.ts';
import { isUnseen } from '../model/unseen.ts';
import { observe } from '../observe/observe.ts';
import { observeRelease, observeSystem } from '../observe/system.ts';
import { byPlace } from '../plan/by-place.ts';
import { kernelRecipes, type Recipe } from '../plan/kernel-recipe.ts';
import { resourceOf } from '../plan/order.ts';
import { planFor } from '../plan/plan.ts';
import { packagesFor, preparationFor } from '../plan/preparation.ts';
import { preparationFindings } from '../plan/preparation-findings.ts';
import { bootFile } from '../resource/boot-file.ts';
import { systemPackage } from '../resource/package.ts';
import type { Resource } from '../resource/resource.ts';
import type { HostPlan } from './plan-host.ts';
import { sectionsFor } from './sections.ts';
import type { Site } from './site.ts';
import { waiting } from './waiting.ts';

/** What a host lacks for its part of the file, and what only its owner can do about it. */
export interface PreparedPlan extends HostPlan {
  readonly recipes: readonly Recipe[];
}

/** A plan for the host itself, before anything of a fabric is set up. */
export async function planToPrepare(site: Site, fabric: Fabric, host: FabricHost): Promise<PreparedPlan> {
  const fold = await site.fold();
  const spec = datapaths[host.datapath](fabric, host, fold.ledger);
  const ledger = preparationIn(fold.ledger);
  const state = await observe(site.reader, {
    ...sectionsFor(fabric, host, fold.ledger, spec),
    packages: placesOf(ledger, systemPackage),
    bootFiles: [grubFile, modulesFile],
  });
  const examined = { fabric, host, spec, state, ledger: fold.ledger };
  const system = await systemOf(site, examined);
  const { plan, differences } = planned(examined, system, ledger);
  const findings = [
    ...waiting(host.name, fold, state),
    ...preparationFindings(examined, system),
    ...plan.findings,
  ];
  const recipes = kernelRecipes(examined, system);
  return { plan: { ...plan, findings }, differences, state, fold, spec, recipes };
}

async function systemOf(site: Site, examined: Examined): Promise<SystemState> {
  const debian = await observeRelease(site.reader);
  const asked = debian === undefined ? [] : packagesFor(examined, debian);
  return observeSystem(site.reader, examined.state.kernel, asked);
}

/** Only what `prepare` is about: everything else is left as it is, on the host and in the ledger. */
function planned(examined: Examined, system: SystemState, ledger: Ledger) {
  const { host, state, spec } = examined;
  const preparation = preparationFor(examined, system);
  const asked = { ...spec, preparation };
  const wanted = [systemPackage, bootFile].flatMap((resource) =>
    resource.wanted(asked, state).map(({ at, value }) => ({ resource: resource.kind, at, value })),
  );
  return planFor({
    host: host.name,
    state: isUnseen(system.missing) ? { ...state, packages: system.missing } : state,
    ledger,
    wants: byPlace([...former(ledger), ...wanted]),
    allocation: ledger.allocation,
    allowDisruption: false,
  });
}

/** A file of vflane's own goes when nothing needs it any more. A package stays: somebody else may need it. */
function former({ entries }: Ledger) {
  const files = [...entries.values()].filter(({ resource }) => resource === bootFile.kind);
  return files.map(({ resource, at, was }) => ({ resource, at, value: was }));
}

function preparationIn(ledger: Ledger): Ledger {
  const entries = [...ledger.entries].filter(([, { resource }]) => resourceOf(resource).apart);
  return { ...ledger, entries: new Map(entries) };
}

function placesOf({ entries }: Ledger, { kind }: Resource): readonly string[] {
  return [...entries.values()].flatMap(({ resource, at }) => (resource === kind ? [at] : []));
}
