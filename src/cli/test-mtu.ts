import type { Endpoint } from '../measure/endpoint.ts';
import { type MtuPair, measureMtu } from '../measure/mtu.ts';
import type { PathMtu } from '../measure/path-mtu.ts';
import { finding } from '../model/catalogue.ts';
import type { Fabric } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import type { Output } from './output.ts';
import { printFindings } from './print-findings.ts';
import { refuseTest, type TestGround, testGround } from './test-ends.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.test-mtu/1';

/** The largest packet that passes between guests, and, if it is less than the network's MTU, which hop is too narrow. */
export const run: VerbHandler = (context, _args, options) =>
  withFleet(context, schema, async (fleet) => {
    const ground = await testGround(fleet);
    if ('refused' in ground) return refuseTest(context, fleet, schema, ground);
    const pairs = pairsOf(fleet.fabric, ground, options.network);
    if (pairs.length === 0) {
      const message = 'no two guests that can be measured from are on one network';
      const refused = [
        finding('VF6031', {}, message, 'Add guests that are namespaces, and apply.'),
        ...ground.findings,
      ];
      return refuseTest(context, fleet, schema, { refused, code: exitCodes.preconditionsNotMet });
    }
    const measured: MtuPair[] = [];
    for (const { ends, mtu } of pairs) {
      const pair = await measureMtu(ends, mtu, ground.hosts);
      if (pair === undefined) continue;
      measured.push(pair);
      for (const line of pairLines(pair, context.output)) context.output.result(line);
    }
    return told(context, fleet, measured, ground.findings);
  });

interface Asked {
  readonly ends: readonly [Endpoint, Endpoint];
  readonly mtu: number;
}

/** One pair of guests of each network for every two hosts, or on one host if all are there. */
function pairsOf({ networks }: Fabric, { endpoints }: TestGround, network: unknown): readonly Asked[] {
  return networks
    .filter(({ name }) => network === undefined || name === network)
    .flatMap(({ name, mtu }) => {
      const ours = endpoints.filter((end) => end.network === name && end.addresses.length > 0);
      const ofHosts = ours.filter((end, n) => ours.findIndex(({ host }) => host === end.host) === n);
      const chosen = ofHosts.length > 1 ? ofHosts : ours.slice(0, 2);
      return chosen.flatMap((from, n) =>
        chosen.slice(n + 1).map((to) => ({ ends: [from, to] as const, mtu })),
      );
    });
}

function pairLines(
  { network, between, wanted, path, underlay, short }: MtuPair,
  output: Output,
): readonly string[] {
  const head = `${network}: ${between.join(' ↔ ')}: ${pathText(path)} of ${wanted}`;
  const below =
    underlay &&
    `    underlay ${underlay.between.join(' ↔ ')}: ${pathText(underlay.path)} of ${underlay.needed}  (${underlay.arithmetic})`;
  return [
    short.length === 0 ? head : output.paint('red', head),
    ...(below ? [below] : []),
    ...short.map((text) => `    short: ${text}`),
  ];
}

function pathText(path: PathMtu): string {
  return path.kind === 'carries' ? `${path.bytes} bytes` : `nothing (${path.why})`;
}

function told(
  { output }: VerbContext,
  { sources }: Fleet,
  pairs: readonly MtuPair[],
  notes: readonly Finding[],
): number {
  const findings = [...pairs.flatMap(shortOf), ...notes];
  printFindings(findings, sources, output);
  output.json(schema, { pairs: JSON.parse(JSON.stringify(pairs)), findings: findingsJson(findings) });
  return findings.some(({ severity }) => severity === 'error') ? exitCodes.differs : exitCodes.asAsked;
}

function shortOf({ network, between, path, wanted, short }: MtuPair): readonly Finding[] {
  if (short.length === 0) return [];
  const message = `${network}: ${between.join(' ↔ ')} ${path.kind === 'carries' ? `carries ${path.bytes} bytes of ${wanted}` : `carries nothing: ${path.why}`}; ${short.join('; ')}`;
  return [
    finding(
      'VF6030',
      { at: network },
      message,
      'Give the hop that is named its MTU; on hosts `vflane apply` does.',
    ),
  ];
}
