import { type FoundHost, foundHost } from '../discover/found-host.ts';
import { halfSeenCards } from '../discover/half-seen.ts';
import { starterText } from '../discover/starter.ts';
import type { Datapath } from '../model/fabric.ts';
import type { Json } from '../model/json.ts';
import { lookWhole } from '../operate/diagnose.ts';
import { onEachHost } from '../operate/hosts.ts';
import type { Site } from '../operate/site.ts';
import { type AskedHost, askedHosts } from './asked-hosts.ts';
import { connectorFor } from './connect.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { printFindings } from './print-findings.ts';
import { findingsOf } from './troubles.ts';
import { findingsJson } from './validate.ts';
import { newFileOf, writeNewFile } from './written-file.ts';

/** Writes a first file for these hosts, from what was found on them. */
export const run: VerbHandler = async (context, args, options) => {
  const out = newFileOf(context, options);
  const asked = askedHosts(context, args);
  const looked = await lookAt(context, asked, out, options);
  const found = looked.flatMap(({ value }) => value ?? []);
  const unseen = found.flatMap(halfSeenCards);
  const findings = [...findingsOf(looked), ...unseen];
  const text = found.length === 0 ? undefined : starterText(found);
  if (text !== undefined) tell(context, text, out);
  printFindings(findings, {}, { ...context.output, result: context.output.log });
  context.output.json('vflane.init/1', {
    file: text ?? null,
    written: text === undefined ? null : (out ?? null),
    hosts: found.map(foundJson),
    findings: findingsJson(findings),
  });
  const codes = looked.map(({ trouble }) => (trouble ? exitCodeOf(trouble) : exitCodes.asAsked));
  return firstEarned([...codes, ...(unseen.length > 0 ? [exitCodes.preconditionsNotMet] : [])]);
};

function lookAt(
  context: VerbContext,
  asked: readonly AskedHost[],
  out: string | undefined,
  { datapath }: VerbOptions,
) {
  const byName = new Map(asked.map((one) => [one.host.name, one]));
  const connect = connectorFor(context, out ?? 'fabric.yaml');
  const look = async (site: Site, { name }: AskedHost['host']): Promise<FoundHost> => {
    try {
      const looked = await lookWhole(site, undefined, { faults: false, now: Date.now });
      const connectText = byName.get(name)?.connectText ?? '';
      return foundHost({ name, connectText }, looked, datapath as Datapath | undefined);
    } finally {
      await site.close();
    }
  };
  return onEachHost(
    asked.map(({ host }) => host),
    connect,
    look,
  );
}

function tell(context: VerbContext, text: string, out: string | undefined): void {
  if (out === undefined) {
    context.output.text(text.trimEnd());
    return;
  }
  writeNewFile(context, out, text);
  context.output.log(`${out} is written; now: vflane validate -f ${out}, then vflane plan -f ${out}`);
}

function foundJson({ name, connectText, card, others, datapath, verdicts }: FoundHost): Json {
  return {
    host: name,
    connect: connectText,
    datapath,
    pfs: card ? card.pfs.map(({ pci }) => pci) : [],
    others: others.map(({ pfs }) => pfs.map(({ pci }) => pci)),
    verdicts: verdicts.map((one) => ({
      datapath: one.datapath,
      verdict: one.verdict,
      because: [...one.because],
    })),
  };
}
