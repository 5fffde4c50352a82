import { measureOffload, type OffloadSeen } from '../measure/offload.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { VerbHandler, VerbOptions } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { withFleet } from './fleet.ts';
import type { Output } from './output.ts';
import { printFindings } from './print-findings.ts';
import { refuseTest, testGround } from './test-ends.ts';
import { findingsJson } from './validate.ts';

const schema = 'vflane.test-offload/1';

/** Shows which flows are in the card, in tc and in software while guests talk, and why. */
export const run: VerbHandler = (context, _args, options) =>
  withFleet(context, schema, async (fleet) => {
    const ground = await testGround(fleet);
    if ('refused' in ground) return refuseTest(context, fleet, schema, ground);
    const seen = await measureOffload(fleet.fabric, ground.hosts, ground.endpoints);
    const findings = seen.flatMap(findingsAbout);
    for (const host of seen)
      for (const line of hostLines(host, context.output, options)) context.output.result(line);
    printFindings(findings, fleet.sources, context.output);
    context.output.json(schema, {
      hosts: JSON.parse(JSON.stringify(seen)),
      findings: findingsJson(findings),
    });
    return findings.some(({ severity }) => severity === 'error') ? exitCodes.differs : exitCodes.asAsked;
  });

const places = ['hardware', 'tc', 'software'] as const;
const words = { hardware: 'in the card', tc: 'in tc, and not in the card', software: 'in software' };
const shownFlows = 12;

function hostLines(
  { host, by, counts, flows, why, unseen }: OffloadSeen,
  output: Output,
  options: VerbOptions,
): readonly string[] {
  if (by === 'card') return [`${host}: all of it in the card: ${why.join('; ')}`];
  const total = places.map((place) => {
    const { flows: n, packets } = counts?.[place] ?? { flows: 0, packets: 0 };
    return `${n} ${words[place]} (${packets} packets)`;
  });
  const shown = options.full === true ? flows : flows.slice(0, shownFlows);
  return [
    output.paint(
      'bold',
      `${host}: ${unseen === undefined ? total.join(', ') : `the flows could not be looked at: ${unseen}`}`,
    ),
    ...why.map((text) => `    why: ${text}`),
    ...shown.map(
      (flow) =>
        `    ${flow.place.padEnd(8)} ${flow.inPort}${flow.vni === undefined ? '' : ` VNI ${flow.vni}`} → ${flow.actions.slice(0, 90)}  ${flow.packets} packets`,
    ),
    ...(flows.length > shown.length ? [`    … and ${flows.length - shown.length} more: --full`] : []),
  ];
}

function findingsAbout({ host, by, asked, counts, unseen, why }: OffloadSeen): readonly Finding[] {
  if (by === 'card' || asked === 'off') return [];
  const about = (code: string, message: string, hint: string) => [
    finding(code, { host }, `${host}: ${message}`, hint),
  ];
  if (unseen !== undefined)
    return about(
      'VF6042',
      `the flows could not be looked at: ${unseen}`,
      'Is Open vSwitch running? vflane verify',
    );
  const [hard, soft] = [counts?.hardware.flows ?? 0, (counts?.tc.flows ?? 0) + (counts?.software.flows ?? 0)];
  if (hard + soft === 0)
    return about(
      'VF6042',
      'there are no flows: nothing was said between guests',
      'Give the network guests on two hosts, and apply.',
    );
  if (hard > 0) return [];
  const code = asked === 'required' ? 'VF6040' : 'VF6041';
  const because = why.length > 0 ? `: ${why.join('; ')}` : '';
  const hint = 'See what the card and its driver can do: vflane doctor';
  return about(code, `not one of ${soft} flows is in the card${because}`, hint);
}
