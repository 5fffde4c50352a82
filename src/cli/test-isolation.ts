import { type IsolationEnd, runIsolation } from '../measure/isolation.ts';
import type { IsolationResult } from '../measure/isolation-result.ts';
import { stationsOf } from '../measure/stations.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { leakText, matrixLines } from './isolation-lines.ts';
import { keepTest } from './kept-tests.ts';
import { printFindings } from './print-findings.ts';
import { refuseTest, testGround } from './test-ends.ts';
import { untilInterrupt } from './until-interrupt.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.test-isolation/1';

/** Makes every guest send what it must not, and listens at every other: exits with 0 if nothing leaks and every network carries its own traffic. */
export const run: VerbHandler = (context) =>
  withFleet(context, schema, async (fleet) => {
    const ground = await testGround(fleet);
    if ('refused' in ground) return refuseTest(context, fleet, schema, ground);
    const stations = await stationsOf(fleet.fabric, ground.hosts, ground.endpoints);
    if (stations.length < 2) {
      const message = 'there are no two guests that could be tested from';
      const refused = [
        finding('VF6021', {}, message, 'Add guests that are namespaces, and apply.'),
        ...ground.findings,
      ];
      return refuseTest(context, fleet, schema, { refused, code: exitCodes.preconditionsNotMet });
    }
    const { signal, done } = untilInterrupt(context.output);
    try {
      const ended = await runIsolation(stations, signal, (line) => context.output.log(line));
      return await told(context, fleet, ended, ground.findings);
    } finally {
      done();
    }
  });

async function told(
  context: VerbContext,
  { sources }: Fleet,
  { result, findings: refused, notes: absent }: IsolationEnd,
  notes: readonly Finding[],
): Promise<number> {
  const { output } = context;
  const findings = [...refused, ...leaksIn(result), ...nothingProved(result), ...absent, ...notes];
  for (const line of matrixLines(result, output)) output.result(line);
  printFindings(findings, sources, output);
  if (refused.length === 0)
    output.log(`kept in ${await keepTest(context, 'isolation', { schema, ...result })}`);
  output.json(schema, { ...JSON.parse(JSON.stringify(result)), findings: findingsJson(findings) });
  if (refused.length > 0) return exitCodes.preconditionsNotMet;
  // A test that passes because nothing works is a failure; a broken promise is one even if other things work.
  if (result.cells.some(({ verdict }) => verdict === 'leaked')) return exitCodes.thresholdCrossed;
  return result.provesNothing.length > 0 || result.partial !== undefined
    ? exitCodes.failed
    : exitCodes.asAsked;
}

function leaksIn({ cells }: IsolationResult): readonly Finding[] {
  const leaks = cells.filter(({ verdict }) => verdict === 'leaked');
  return leaks.map((cell) =>
    finding(
      'VF6020',
      { at: cell.attack },
      leakText(cell),
      'See that the hosts are as the file wants them: vflane verify',
    ),
  );
}

function nothingProved({ provesNothing }: IsolationResult): readonly Finding[] {
  return provesNothing.map((why) =>
    finding(
      'VF6021',
      {},
      `this proves nothing: ${why}`,
      'See that the hosts are as the file wants them: vflane verify',
    ),
  );
}
