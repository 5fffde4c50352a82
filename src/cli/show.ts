import type { FabricHost } from '../model/fabric.ts';
import type { Json } from '../model/json.ts';
import { type Looked, lookWhole, type Named } from '../operate/diagnose.ts';
import { softwareIn } from '../operate/forwarding.ts';
import { onEachHost, type PerHost } from '../operate/hosts.ts';
import type { Site } from '../operate/site.ts';
import { connectorFor } from './connect.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { firstEarned } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { printFindings } from './print-findings.ts';
import { type Recorded, type Recorder, recorderOf } from './record.ts';
import { shownJson } from './show-json.ts';
import { linesOf } from './show-lines.ts';
import { findingsOf } from './troubles.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';
import { hostOfWay } from './way.ts';

const schema = 'vflane.show/1';

/** A host that was looked at, and where its answers were recorded. */
interface Shown extends Recorded {
  readonly looked: Looked;
}

/** Shows the card of each host: ports, pool, and who has which VF. */
export const run: VerbHandler = async (context, args, options) => {
  const recorder = recorderOf(context, options);
  const way = args[0] === undefined ? undefined : hostOfWay(context, args[0]);
  const full = options.full === true;
  if (way !== undefined) return showWay(context, way, recorder, full);
  const host = args[0] === undefined ? context.global.host : [...context.global.host, args[0]];
  const narrowed = { ...context, global: { ...context.global, host } };
  return withFleet(narrowed, schema, async (fleet) => {
    const shown = await fleet.onEach(showing(fleet, recorder));
    return tell(context, shown, fleet.sources, full);
  });
};

function showing({ fabric, hosts }: Fleet, recorder: Recorder | undefined) {
  if (recorder !== undefined && hosts.length !== 1) {
    throw new UsageError('a transcript is of one host', 'Name it: vflane show HOST --record FILE.');
  }
  return async (site: Site, host: FabricHost): Promise<Shown> => {
    if (recorder === undefined) return look(site, { fabric, host });
    return recorder.record(site, host, fabric.hosts, (from) => look(from, { fabric, host }));
  };
}

async function look(site: Site, named?: Named) {
  const looked = await lookWhole(site, named, { faults: false, now: Date.now });
  return { looked, sections: looked.sections };
}

/** A host that no file names. */
async function showWay(
  context: VerbContext,
  host: FabricHost,
  recorder: Recorder | undefined,
  full: boolean,
): Promise<number> {
  const connect = connectorFor(context, 'fabric.yaml');
  const show = async (site: Site): Promise<Shown> => {
    try {
      return await (recorder === undefined
        ? look(site)
        : recorder.record(site, host, [host], (from) => look(from)));
    } finally {
      await site.close();
    }
  };
  const shown = await onEachHost([host], connect, show);
  return tell(context, shown, {}, full);
}

function tell(
  { output }: VerbContext,
  shown: readonly PerHost<Shown>[],
  sources: Fleet['sources'],
  full: boolean,
): number {
  const findings = [
    ...findingsOf(shown),
    ...shown.flatMap(({ value }) => (value ? softwareIn(value.looked.plan.plan) : [])),
  ];
  for (const { host, value } of shown) {
    for (const line of value ? linesOf(host, value.looked, full) : []) output.result(line);
    if (value?.recorded) output.log(`${host}: ${recordedText(value.recorded)}`);
  }
  printFindings(findings, sources, output);
  const hosts = shown.flatMap(({ host, value }) => (value ? [{ host, ...asJson(value) }] : []));
  output.json(schema, { hosts, findings: findingsJson(findings) });
  return firstEarned(shown.map(({ trouble }) => (trouble ? exitCodeOf(trouble) : 0)));
}

function recordedText({ file, answers, scrubbed }: NonNullable<Recorded['recorded']>): string {
  const whose = scrubbed
    ? 'scrubbed: names of guests, networks and netdevs are still in it'
    : 'with its names and addresses: add --scrub for one to be sent';
  return `${answers} answers are in ${file}, ${whose}`;
}

function asJson({ looked, recorded }: Shown): { readonly [key: string]: Json } {
  const shown = shownJson(looked);
  return recorded === undefined ? shown : { ...shown, recorded: { ...recorded } };
}
