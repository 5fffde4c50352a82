import type { FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import { onEachHost, type PerHost } from '../operate/hosts.ts';
import { type FirmwareLook, lookAtFirmware } from '../operate/look-firmware.ts';
import type { Site } from '../operate/site.ts';
import { toolFindings } from '../plan/firmware-findings.ts';
import { connectorFor } from './connect.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { cardJson } from './firmware-json.ts';
import { firmwareLines } from './firmware-lines.ts';
import { narrowedTo } from './firmware-options.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { printFindings } from './print-findings.ts';
import { findingsOf } from './troubles.ts';
import { findingsJson } from './validate.ts';
import { hostOfWay } from './way.ts';

const schema = 'vflane.firmware-show/1';

/** Shows the firmware of each card. Exits with 0 only if all of it could be read, else 4. */
export const run: VerbHandler = async (context, [name], _options) => {
  const way = name === undefined ? undefined : hostOfWay(context, name);
  if (way !== undefined) return ofWay(context, way);
  return withFleet(narrowedTo(context, name), schema, async (fleet) => {
    const looked = await fleet.onEach((site, host) =>
      lookAtFirmware(site, host.nic.kind === 'pfs' ? host.nic.pfs : undefined),
    );
    return tell(context, looked, fleet.sources);
  });
};

/** A host that no file names. */
async function ofWay(context: VerbContext, host: FabricHost): Promise<number> {
  const look = async (site: Site) => {
    try {
      return await lookAtFirmware(site);
    } finally {
      await site.close();
    }
  };
  return tell(context, await onEachHost([host], connectorFor(context, 'fabric.yaml'), look), {});
}

function tell(
  { output }: VerbContext,
  looked: readonly PerHost<FirmwareLook>[],
  sources: Fleet['sources'],
): number {
  const found = looked.map((one) => ({ ...one, findings: findingsIn(one) }));
  for (const { host, value } of looked)
    for (const line of value ? linesOf(host, value) : []) output.result(line);
  const findings = [...findingsOf(looked), ...found.flatMap((one) => one.findings)];
  printFindings(findings, sources, output);
  const hosts = looked.flatMap(({ host, value }) =>
    value ? [{ host, cards: value.cards.map(cardJson) }] : [],
  );
  output.json(schema, { hosts, findings: findingsJson(findings) });
  return firstEarned(
    found.map(({ trouble, findings: own }) =>
      trouble ? exitCodeOf(trouble) : own.length > 0 ? exitCodes.preconditionsNotMet : exitCodes.asAsked,
    ),
  );
}

function findingsIn({ host, value }: PerHost<FirmwareLook>): readonly Finding[] {
  return value ? toolFindings({ ...value, name: host }, { host }) : [];
}

function linesOf(host: string, { cards }: FirmwareLook): readonly string[] {
  if (cards.length === 0) return [`${host}: no card of NVIDIA’s`];
  return [`${host}:`, ...cards.flatMap(firmwareLines)];
}
