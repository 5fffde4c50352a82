import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { printTranscript, type Transcript } from '../src/host/transcript.ts';
import { inAnyOrder } from '../src/operate/any-order.ts';
import { observeTranscript } from '../src/operate/replay.ts';
import { scrubChecked } from '../src/operate/scrub-checked.ts';
import { printPlan } from '../src/plan/print.ts';
import { namesOf, recordBare, recordScenario } from './support/record-simulated.ts';
import { type Scenario, scenariosIn, setUp } from './support/scenario.ts';
import { recordSimulated, simulatedNames } from './support/simulated-transcripts.ts';
import { pathOf, replay, transcriptNames, transcriptOf, unseenIn } from './support/transcripts.ts';

const update = process.env.UPDATE_GOLDEN === '1';

/** What vflane reads from a transcript, in a form for reviewers. */
async function goldenText(name: string): Promise<string> {
  const { host, by, kernel } = transcriptOf(name);
  const { state, planned, unasked } = await replay(name);
  const findings = (planned?.plan.findings ?? []).map(
    ({ code, severity, message }) => `${severity} ${code}: ${message}`,
  );
  const lines = [
    `${host}, by ${by}, kernel ${kernel}`,
    ...unasked.map((ask) => `not asked when recorded: ${ask}`),
    ...unseenIn(state).map((unseen) => `unseen: ${unseen}`),
    ...(planned ? printPlan(planned.plan, { full: true }) : ['no file']),
    ...findings,
  ];
  return `${lines.join('\n')}\n`;
}

// Those of real hosts cannot be recorded again: their golden text lists the questions that they lack.
beforeAll(async () => {
  if (!update) return;
  for (const name of simulatedNames) {
    writeFileSync(pathOf(name, 'transcript.json'), printTranscript(await recordSimulated(name)));
  }
});

describe('every transcript is read as reviewed, and so is its plan', () => {
  test.each(transcriptNames)('%s', async (name) => {
    const path = pathOf(name, 'plan.txt');
    const text = await goldenText(name);
    if (update) writeFileSync(path, text);
    expect(text, 'mended by what CONTRIBUTING.md says of transcripts').toBe(
      existsSync(path) ? readFileSync(path, 'utf8') : '',
    );
  });
});

test('a transcript says that its host is simulated if and only if it is', () => {
  for (const name of transcriptNames) {
    expect({ name, simulated: transcriptOf(name).by === 'sim' }).toEqual({
      name,
      simulated: name.startsWith('sim-'),
    });
  }
});

/** Hosts of every kind, as found and with everything of vflane's applied. */
const hosts = ['two-hosts', 'ovs-tc', 'ovs-dpdk', 'software-ovs-tc'].flatMap(scenariosIn);

describe.each(hosts)('$name, recorded and scrubbed', (scenario: Scenario) => {
  const recorded: { name: string; transcript: Transcript }[] = [];
  beforeAll(async () => {
    const { world } = await setUp(scenario);
    recorded.push(
      { name: 'by the way to it', transcript: await recordBare(world.process()) },
      { name: 'as found', transcript: await recordScenario(scenario, false) },
      { name: 'applied', transcript: await recordScenario(scenario, true) },
    );
  });

  test('is the same host with other names, whatever the key', async () => {
    for (const { name, transcript } of recorded) {
      const before = shapeOf(await observeTranscript(transcript));
      await fc.assert(
        fc.asyncProperty(fc.string(), async (key) => {
          const scrubbed = await scrubChecked(transcript, namesOf(scenario.fabric.hosts), key);
          expect({ name, shape: shapeOf(await observeTranscript(scrubbed)) }).toEqual({
            name,
            shape: before,
          });
        }),
        { numRuns: 1 },
      );
    }
  });

  test('has no MAC, no address, no row and no host of the original', async () => {
    for (const { transcript } of recorded) {
      const names = namesOf(scenario.fabric.hosts);
      const text = JSON.stringify((await scrubChecked(transcript, names, 'key')).entries);
      const original = JSON.stringify(transcript.entries);
      for (const pattern of [macs, privates, rows]) {
        const mine = new Set(original.match(pattern)?.filter((one) => !meansNobody.test(one)));
        expect((text.match(pattern) ?? []).filter((one) => mine.has(one))).toEqual([]);
      }
      for (const host of names.hosts) expect(text).not.toContain(`to-${host}`);
      expect(text).not.toContain(`"${scenario.host.name}\\n"`);
    }
  });
});

test('a host named like a tool’s own word is not scrubbed into another host', async () => {
  const transcript = transcriptOf('sim-connectx5-untouched');
  const scrubbed = scrubChecked(transcript, { hosts: ['legacy'], users: [] }, 'key');
  await expect(scrubbed).rejects.toThrow('the scrubbed answers would be read as another host');
});

const macs = /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/g;
const privates = /\b(?:10|192\.168)\.\d+\.\d+(?:\.\d+)?\b/g;
const rows = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const meansNobody = /^(?:00:00:00:00:00:00|ff:ff:ff:ff:ff:f[0f]|01:80:c2:00:00:00)$/;

/** A state without what identifies a host. */
function shapeOf(state: unknown): unknown {
  const text = JSON.stringify(inAnyOrder(state));
  const shape = text
    .replace(macs, 'MAC')
    .replace(/enx[0-9a-f]{12}/g, 'enxMAC')
    .replace(rows, 'ROW')
    .replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, 'IP')
    .replace(/\b(?:fd|fe80)[0-9a-f]*:[0-9a-f:]+/g, 'IP')
    .replace(/\bto-[a-z0-9-]+-([0-9a-f]{4})\b/g, 'to-HOST-$1')
    .replace(/"to [a-z0-9-]+"/g, '"to HOST"')
    .replace(/"physSwitchId":"[0-9a-f]+"/g, '"physSwitchId":"ID"');
  return inAnyOrder(JSON.parse(shape));
}
