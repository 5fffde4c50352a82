import { createInterface } from 'node:readline/promises';
import { cutCable, joinCable } from '../lab/cable.ts';
import { LabError } from '../lab/errors.ts';
import { askSwitches } from '../lab/switch-client.ts';
import type { Cutter, CutWay } from '../measure/cut.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import { cutByPlan, giveBack } from '../operate/admin-cut.ts';
import type { CutPort } from '../operate/plan-cut.ts';
import type { VerbContext } from './context.ts';
import { labFolder } from './lab-telling.ts';
import { outcomeFindings } from './outcome-findings.ts';
import type { TestHost } from './test-ends.ts';

/** How to cut a port of this host as requested; a finding if that is impossible. */
export function cutterFor(context: VerbContext, how: CutWay, tested: TestHost): Cutter | Finding {
  if (how === 'admin') return byPlan(tested);
  const { connect, name } = tested.host;
  if (how !== 'pull' && connect.kind === 'lab') return byLab(context, how, tested);
  if (how === 'carrier' || !process.stdin.isTTY) return noWay(how, name);
  return byAsking(context, how, name);
}

function noWay(how: CutWay, host: string): Finding {
  const message =
    how === 'carrier'
      ? `${host}: only in the lab vflane can pull a cable by itself`
      : `${host}: there is no terminal to ask somebody at who has the ${how === 'pull' ? 'cable' : 'switch'} in hand`;
  return finding('VF6015', { host }, message, 'Use --how admin, or --how pull at a terminal.');
}

/** Outcomes that leave a host as it was. */
const untouched: ReadonlySet<Outcome['kind']> = new Set([
  ...(['refused', 'locked', 'stale', 'rolled-back', 'nothing-to-do'] as const),
]);

function byPlan({ site, host }: TestHost): Cutter {
  let isDown = false;
  return {
    how: 'admin',
    down: async (port) => {
      // Until the outcome is known, there is something to restore.
      isDown = true;
      const outcome = await cutByPlan(site, host, port);
      isDown = !untouched.has(outcome.kind);
      return outcomeFindings(host.name, outcome);
    },
    up: async () => {
      if (!isDown) return [];
      const outcome = await giveBack(site);
      // If the host has meanwhile done it by itself, there is nothing left to do.
      isDown = outcome.kind !== 'rolled-back' && outcome.kind !== 'nothing-to-do';
      return outcomeFindings(host.name, outcome);
    },
  };
}

/** A cable of the lab, or one of its switches behind a live carrier: A has every port 0, B every port 1. */
function byLab(context: VerbContext, how: CutWay, { host }: TestHost): Cutter {
  const dir = labFolder(context);
  let taken: 0 | 1 | undefined;
  const change = async (port: 0 | 1, alive: boolean): Promise<readonly Finding[]> => {
    try {
      if (how === 'switch') await askSwitches(dir, { ask: 'set', of: port === 0 ? 'A' : 'B', alive });
      else await (alive ? joinCable : cutCable)({ dir, host: host.name, port });
      taken = alive ? undefined : port;
      return [];
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      return [finding('VF5001', { host: host.name, at: error.code }, error.message, error.hint)];
    }
  };
  return {
    how,
    down: ({ at }) => change(portsOf(host)[1] === at ? 1 : 0, false),
    up: async () => (taken === undefined ? [] : change(taken, true)),
  };
}

/** In the order of the card's. */
function portsOf({ nic, underlay }: TestHost['host']): readonly string[] {
  return nic.kind === 'pfs' ? nic.pfs : (underlay?.ports ?? []);
}

/** By a person at the terminal. */
function byAsking(context: VerbContext, how: CutWay, host: string): Cutter {
  let taken: CutPort | undefined;
  const what = ({ at }: CutPort): string =>
    how === 'pull' ? `the cable of ${at} at ${host}` : `the switch behind ${at} of ${host}`;
  const ask = async (words: string): Promise<void> => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    context.output.log(`${words}, then press Enter. It is measured from now on.`);
    await lines.question('').finally(() => lines.close());
  };
  return {
    how,
    down: async (port) => {
      taken = port;
      await ask(how === 'pull' ? `Pull ${what(port)}` : `Stop ${what(port)}`);
      return [];
    },
    up: async () => {
      if (taken !== undefined) await ask(how === 'pull' ? `Put back ${what(taken)}` : `Start ${what(taken)}`);
      taken = undefined;
      return [];
    },
  };
}
