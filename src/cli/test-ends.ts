import { type Endpoint, endpointsAt } from '../measure/endpoint.ts';
import { finding } from '../model/catalogue.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostName } from '../model/names.ts';
import type { Site } from '../operate/site.ts';
import { specOf } from '../operate/spec-of.ts';
import { waiting } from '../operate/waiting.ts';
import type { VerbContext } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import type { Fleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { printFindings } from './print-findings.ts';
import { findingsOf } from './troubles.ts';
import { findingsJson } from './validate.ts';

/** A host that is tested, with what the file wants of it. */
export interface TestHost {
  readonly site: Site;
  readonly host: FabricHost;
  readonly spec: HostSpec;
}

/** Everything that can be tested between. */
export interface TestGround {
  readonly hosts: ReadonlyMap<HostName, TestHost>;
  readonly endpoints: readonly Endpoint[];
  /** Guests from which nothing can be measured. */
  readonly findings: readonly Finding[];
}

/** What stands against a test, so that it was not started. */
export interface TestRefused {
  readonly refused: readonly Finding[];
  readonly code: number;
}

/** Looks at every host for guests to test from. */
export async function testGround(fleet: Fleet): Promise<TestGround | TestRefused> {
  const simulated = simulatedIn(fleet);
  if (simulated.length > 0) return { refused: simulated, code: exitCodes.preconditionsNotMet };
  const asked = await fleet.onEach(async (site, host) => ({
    found: await endpointsAt(site, fleet.fabric, host),
    tested: { site, host, spec: await specOf(site, fleet.fabric, host) },
    open: (await waitingAt(site)).filter(({ code }) => code === 'VF3010'),
  }));
  const codes = asked.map(({ trouble }) => (trouble ? exitCodeOf(trouble) : exitCodes.asAsked));
  if (firstEarned(codes) !== exitCodes.asAsked)
    return { refused: findingsOf(asked), code: firstEarned(codes) };
  const values = asked.flatMap(({ value }) => value ?? []);
  // A measurement under an interrupted plan would say nothing about what the file asks for.
  const open = values.flatMap((one) => one.open);
  if (open.length > 0) return { refused: open, code: exitCodes.preconditionsNotMet };
  return {
    hosts: new Map(
      values.flatMap(({ tested: { site, host, spec } }) =>
        spec ? [[host.name, { site, host, spec }] as const] : [],
      ),
    ),
    endpoints: values.flatMap(({ found }) => found.endpoints),
    findings: values.flatMap(({ found }) => found.findings),
  };
}

/** A plan on a host that was interrupted, or waits to be confirmed. */
export async function waitingAt({ name, reader, fold }: Site): Promise<readonly Finding[]> {
  const bootId = (await reader.readFile('/proc/sys/kernel/random/boot_id')).trim();
  return waiting(name, await fold(), { bootId });
}

/** A finding for each simulated host: nothing can be measured there, whatever was applied. */
export function simulatedIn({ hosts }: Fleet): readonly Finding[] {
  return hosts.filter(({ connect }) => connect.kind === 'sim').map(carriesNothing);
}

function carriesNothing({ name }: FabricHost): Finding {
  return finding(
    'VF6000',
    { host: name },
    `${name}: a simulated host carries no packets: nothing was measured`,
    'Measure on hosts, or on the lab’s: `vflane lab up`.',
  );
}

/** Says why nothing was measured. */
export function refuseTest(
  { output }: VerbContext,
  { sources }: Fleet,
  schema: string,
  { refused, code }: TestRefused,
): number {
  printFindings(refused, sources, output);
  output.json(schema, { findings: findingsJson(refused) });
  return code;
}
