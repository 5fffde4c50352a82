import { readFileSync } from 'node:fs';
import { parseFabric } from '../../src/fabric/parse-fabric.ts';
import type { Transcript } from '../../src/host/transcript.ts';
import type { HostName } from '../../src/model/names.ts';
import { scrubChecked } from '../../src/operate/scrub-checked.ts';
import { recordBare, recordScenario } from './record-simulated.ts';
import { type Scenario, setUp } from './scenario.ts';
import { pathOf } from './transcripts.ts';

/** What is done to the simulated host of `NAME.fabric.yaml` before it is recorded. */
const made = {
  'sim-connectx5-untouched': { applied: false, bare: true, scrub: true },
  'sim-connectx5-legacy-vlan': { applied: true, bare: false, scrub: false },
  'sim-connectx5-ovs-tc': { applied: true, bare: false, scrub: false },
  'sim-plain-ovs-tc': { applied: true, bare: false, scrub: false },
} as const;

export const simulatedNames = Object.keys(made) as readonly (keyof typeof made)[];

/** Records that transcript again: the same text as long as vflane's questions and the simulation's answers are the same. */
export async function recordSimulated(name: keyof typeof made): Promise<Transcript> {
  const { applied, bare, scrub } = made[name];
  const scenario = scenarioOf(name);
  const transcript = bare
    ? await recordBare((await setUp(namedBefore(scenario))).world.process())
    : await recordScenario(scenario, applied);
  return scrub ? scrubChecked(transcript, { hosts: [], users: [] }, 'simulated') : transcript;
}

/** The scenario with the names that scrubbing turned into the file's. */
function namedBefore(scenario: Scenario): Scenario {
  return { ...scenario, host: { ...scenario.host, name: 'alpha' as HostName } };
}

function scenarioOf(name: string): Scenario {
  const { fabric } = parseFabric(readFileSync(pathOf(name, 'fabric.yaml'), 'utf8'), 'fabric.yaml');
  const [host] = fabric?.hosts ?? [];
  if (!fabric || !host) throw new Error(`${name}: no host in its file`);
  const nothing = { before: undefined, found: [], since: [] };
  return { name, fabric, host, ...nothing, options: { allowDisruption: false } };
}
