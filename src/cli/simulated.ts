import { join } from 'node:path';
import { fileStore } from '../host/file-store.ts';
import { HostError } from '../host/host.ts';
import type { FabricHost } from '../model/fabric.ts';
import { localSite } from '../operate/local-site.ts';
import type { Site } from '../operate/site.ts';
import { takeBackIfDue } from '../operate/take-back.ts';
import type { Workshop } from '../operate/workshop.ts';
import { openSim, simOptions } from '../sim/open-sim.ts';
import type { SimHost } from '../sim/sim-host.ts';
import type { VerbContext } from './context.ts';
import { playDueTimers } from './sim.ts';
import { programsOn } from './simulated-programs.ts';

/** The files of a simulated host: the machine itself, and what would be its /var/lib/vflane. */
export function simulatedFiles(folder: string, name: string) {
  return { machine: join(folder, 'sim', `${name}.json`), store: join(folder, 'sim', `${name}.var`) };
}

/** The simulated machine of a host of the file. @throws HostError where the host is not a simulated one, or was made as another */
export function openMachine(folder: string, host: FabricHost): SimHost {
  const { connect, name } = host;
  const options = connect.kind === 'sim' ? simOptions(name, connect) : { wrong: 'it is not simulated' };
  if ('wrong' in options) {
    throw new HostError({ kind: 'lost', host: name, argv: ['sim', name], stderr: options.wrong });
  }
  const programs = programsOn((machine) => workshopOf(folder, machine));
  return openSim({ ...options, programs, stateFile: simulatedFiles(folder, name).machine });
}

export function workshopOf(folder: string, machine: SimHost): Workshop {
  const store = fileStore(simulatedFiles(folder, machine.name).store);
  return { host: machine, store, clock: machine.clock, self: ['vflane'] };
}

/** A simulated host as a site; timers that are due are played first. */
export async function openSimulated(_context: VerbContext, folder: string, host: FabricHost): Promise<Site> {
  const machine = openMachine(folder, host);
  const workshop = workshopOf(folder, machine);
  await runDueTimers(machine, workshop);
  return localSite(workshop);
}

/** A simulated host's systemd does not run between two commands, so the next command does what it would have done. */
export function runDueTimers(machine: SimHost, workshop: Workshop): Promise<void> {
  return playDueTimers(machine, async (argv) => {
    const planId = argv.at(-1);
    return argv.includes('--take-back') && planId ? (await takeBackIfDue(workshop, planId)).isOver : true;
  });
}
