import { takeBackIfDue } from '../operate/take-back.ts';
import type { Workshop } from '../operate/workshop.ts';
import type { SimHost } from '../sim/sim-host.ts';
import { boot } from './boot.ts';
import { exitCodes } from './exit-codes.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { makeOutput, type Sink } from './output.ts';

/** What vflane itself does on a simulated host whose systemd starts it; its output is the unit's log. */
export function programsOn(workshopOf: (machine: SimHost) => Workshop) {
  return {
    '/usr/bin/vflane': async (argv: readonly string[], machine: SimHost) => {
      const said: string[] = [];
      const sink: Sink = { write: (text) => void said.push(text) };
      const output = makeOutput(sink, sink, { json: false, color: 'never', env: {} });
      const code = argv.includes('--boot')
        ? await boot(workshopOf(machine), output)
        : await takenBack(workshopOf(machine), argv);
      return { code, stdout: said.join('') };
    },
  };
}

async function takenBack(workshop: Workshop, argv: readonly string[]): Promise<number> {
  const planId = argv[argv.indexOf('--take-back') + 1];
  if (!argv.includes('--take-back') || planId === undefined) return exitCodes.usage;
  return exitCodeOf((await takeBackIfDue(workshop, planId)).outcome);
}
