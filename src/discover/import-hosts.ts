import { parseFabric } from '../fabric/parse-fabric.ts';
import { finding } from '../model/catalogue.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Found } from '../model/found.ts';
import { diagnoseHost, type Report, withFold } from '../operate/diagnose.ts';
import type { PerHost } from '../operate/hosts.ts';
import { lookInside } from '../operate/look-inside.ts';
import { type HostPlan, planFromFile } from '../operate/plan-host.ts';
import type { Site } from '../operate/site.ts';
import { type FoundHost, foundHost } from './found-host.ts';
import { halfSeen } from './half-seen.ts';
import { importHost } from './import-host.ts';
import { farEnds } from './import-overlay.ts';
import { importText } from './import-text.ts';
import type { ImportedHost } from './imported.ts';
import { together } from './together.ts';

/** A host to import, and its `connect` as it is to be written. */
export interface ToImport {
  readonly host: FabricHost;
  readonly connectText: string;
}

/** Runs the same function for each of these hosts. */
type OnEach = <Value>(
  hosts: readonly FabricHost[],
  work: (site: Site, host: FabricHost) => Promise<Value>,
) => Promise<readonly PerHost<Value>[]>;

export interface Imported {
  /** Absent if no file can express what was found. */
  readonly text?: string;
  readonly fabric?: Fabric;
  readonly hosts: readonly ImportedHost[];
  /** The plans of the hosts for the file. */
  readonly reports: readonly PerHost<Report>[];
  /** Hosts that could not be looked at. */
  readonly troubled: readonly PerHost<unknown>[];
  /** What is unsafe, and what no file can express. */
  readonly findings: readonly Finding[];
}

/**
 * Looks at hosts, describes them as a file, compares them with it, and puts what still differs into it as found, so that
 * the file's plan is empty.
 * @param file its name, for findings
 */
export async function importHosts(
  asked: readonly ToImport[],
  onEach: OnEach,
  { file, now }: { readonly file: string; readonly now: () => number },
): Promise<Imported> {
  const looked = await lookAt(asked, onEach, now);
  const found = looked.flatMap(({ value }) => value ?? []);
  const drafts = together(found.map(importHost));
  const troubled = looked.filter(({ trouble }) => trouble !== undefined);
  const about = [
    ...found.flatMap(halfSeen),
    ...drafts.flatMap(({ findings }) => findings),
    ...strangers(found, drafts),
  ];
  const nothing = { hosts: drafts, reports: [], troubled };
  if (drafts.length === 0) return { ...nothing, findings: about };
  const draft = parseFabric(importText(drafts), file);
  if (!draft.fabric) return { ...nothing, findings: [...unwritable(drafts), ...draft.findings, ...about] };
  const hosts = await withFound(drafts, draft.fabric, onEach);
  const text = importText(hosts);
  const { fabric, findings } = parseFabric(text, file);
  if (!fabric) return { ...nothing, findings: [...unwritable(drafts), ...findings, ...about] };
  const reports = await onEach(fabric.hosts, (site, host) => diagnoseHost(site, { fabric, host }, now));
  return { text, fabric, hosts, reports, troubled, findings: about };
}

function lookAt(
  asked: readonly ToImport[],
  onEach: OnEach,
  now: () => number,
): Promise<readonly PerHost<FoundHost>[]> {
  const texts = new Map(asked.map(({ host, connectText }) => [host.name, connectText]));
  return onEach(
    asked.map(({ host }) => host),
    async (site, { name }) => {
      const looked = await lookInside(site, now);
      return foundHost({ name, connectText: texts.get(name) ?? '' }, looked, undefined);
    },
  );
}

/** Adds whatever a plan would still change as `as-found`. */
async function withFound(
  drafts: readonly ImportedHost[],
  fabric: Fabric,
  onEach: OnEach,
): Promise<readonly ImportedHost[]> {
  const planned = await onEach(fabric.hosts, async (site, host) => {
    const { folded } = await withFold(site);
    return planFromFile(folded, fabric, host, { allowDisruption: true });
  });
  return drafts.map((draft) => {
    const plan = planned.find(({ host }) => host === draft.name)?.value;
    return plan === undefined ? draft : { ...draft, asFound: leftIn(plan) };
  });
}

function leftIn({ differences }: HostPlan): readonly Found[] {
  return differences.map(({ resource, at, have }) => ({ resource, at, value: have }));
}

function unwritable(drafts: readonly ImportedHost[]): readonly Finding[] {
  const names = drafts.map(({ name }) => name).join(', ');
  return [
    finding(
      'VF2279',
      {},
      `${names}: a file that says what was found would be refused`,
      'The findings beside this one say why.',
    ),
  ];
}

/** Tunnels to hosts that are in no file. */
function strangers(found: readonly FoundHost[], drafts: readonly ImportedHost[]): readonly Finding[] {
  const own = new Set(drafts.flatMap(({ underlay }) => underlay?.address.replace(/\/.*/, '') ?? []));
  return found.flatMap((host) =>
    farEnds(host)
      .filter(({ remote }) => !own.has(remote))
      .map(({ bridge, remote }) =>
        finding(
          'VF2277',
          { host: host.name, at: bridge },
          `${host.name}: ${bridge} has a tunnel to ${remote}, which is not one of these hosts`,
          'Import both ends at once, so that one file has both.',
        ),
      ),
  );
}
