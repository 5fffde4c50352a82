import { readFileSync } from 'node:fs';
import type { Transcript } from '../../src/host/transcript.ts';
import type { FabricHost } from '../../src/model/fabric.ts';
import { lookBare } from '../../src/operate/look-bare.ts';
import { planFromFile } from '../../src/operate/plan-host.ts';
import { recordSite } from '../../src/operate/record.ts';
import { sectionsFor } from '../../src/operate/sections.ts';
import type { Site } from '../../src/operate/site.ts';
import { type Scenario, setUp, setUpApplied } from './scenario.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const about = { vflane: String(version), by: 'sim', time: '2026-01-01T00:00:00.000Z' };

/** As `vflane show HOST --record` does. */
export async function recordOf(site: Site, { fabric, host }: Pick<Scenario, 'fabric' | 'host'>) {
  const { site: recorded, end } = recordSite(site);
  const { fold, spec } = await planFromFile(recorded, fabric, host, { allowDisruption: false });
  return end({ ...about, sections: sectionsFor(fabric, host, fold.ledger, spec), ledger: fold.ledger });
}

/** As `vflane show root@host --record` does, for a host that is in no file. */
export async function recordBare(site: Site): Promise<Transcript> {
  const { site: recorded, end } = recordSite(site);
  const { sections, fold } = await lookBare(recorded);
  return end({ ...about, sections, ledger: fold.ledger });
}

/** The host of a scenario, before or after its plan was applied. */
export async function recordScenario(scenario: Scenario, applied: boolean): Promise<Transcript> {
  const { world } = await (applied ? setUpApplied : setUp)(scenario);
  return recordOf(world.process(), scenario);
}

export function namesOf(hosts: readonly FabricHost[]) {
  return { hosts: hosts.map(({ name }) => name), users: [] };
}
