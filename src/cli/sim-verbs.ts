import { rmSync } from 'node:fs';
import { HostError } from '../host/host.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { SimHost } from '../sim/sim-host.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { durationMs } from './duration.ts';
import { exitCodes } from './exit-codes.ts';
import { readFabricFile, stateDir } from './fabric-file.ts';
import { printFindings } from './print-findings.ts';
import { simExec, simFail, simLog, simPlug, simReboot, simReset, simUnplug } from './sim.ts';
import { openMachine, runDueTimers, simulatedFiles, workshopOf } from './simulated.ts';
import { UsageError } from './usage-error.ts';

/** Asks a simulated host what one would ask a host; ends as the command does. */
export const exec: VerbHandler = (context, [name = '', ...argv]) =>
  withMachine(context, name, async ({ machine }) => {
    const stdin = process.stdin.isTTY ? undefined : await allOf(process.stdin);
    const { stdout, stderr, code } = await simExec(machine, argv, stdin);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    return code;
  });

export const reboot: VerbHandler = (context, [name = ''], options) =>
  withMachine(context, name, async ({ machine }) => {
    await simReboot(machine, { ...lateness(options), ...swapping(options) });
    return done(context, 'reboot', name, 'rebooted');
  });

function lateness({ cardAfter }: VerbOptions): { readonly cardAfterMs?: number } {
  return cardAfter === undefined ? {} : { cardAfterMs: durationMs('--card-after', String(cardAfter)) };
}

const swaps = ['names', 'ports', 'no'] as const;

function swapping({ swapped }: VerbOptions): { readonly swapped?: (typeof swaps)[number] } {
  if (swapped === undefined) return {};
  const known = swaps.find((one) => one === swapped);
  if (known) return { swapped: known };
  throw new UsageError(`--swapped ${String(swapped)} is nothing to swap`, `There are ${swaps.join(', ')}.`);
}

/** A brand-new host: what vflane wrote down there is gone with it. */
export const reset: VerbHandler = (context, [name = '']) =>
  withHost(context, name, async (host, folder) => {
    const { machine, store } = simulatedFiles(folder, name);
    try {
      await simReset(openMachine(folder, host));
    } catch (error) {
      // What is damaged, or of another kind, cannot be made anew of what it was.
      if (!(error instanceof HostError)) throw error;
      rmSync(machine, { force: true });
    }
    rmSync(store, { recursive: true, force: true });
    return done(context, 'reset', name, 'as new');
  });

export const unplug: VerbHandler = (context, args) => move(context, args, simUnplug, ['unplug', 'unplugged']);
export const plug: VerbHandler = (context, args) => move(context, args, simPlug, ['plug', 'plugged in']);

function move(
  context: VerbContext,
  [name = '', what = 'port0']: readonly string[],
  act: typeof simPlug,
  [verb, moved]: readonly [string, string],
): Promise<number> {
  return withMachine(context, name, async ({ machine }) => {
    if (!(await act(machine, what)))
      throw new UsageError(
        `a host has no ${what}`,
        'There are port0, port1, card, switch0, switch1 and lanes.',
      );
    return done(context, verb, name, `${what} ${moved}`);
  });
}

export const fail: VerbHandler = (context, [name = ''], options) =>
  withMachine(context, name, async ({ machine }) => {
    await simFail(machine, { at: placeOf(options), after: options.after === true, how: howOf(options) });
    const which = `command ${String(options.at ?? 1)} from now`;
    return done(context, 'fail', name, `${which} ends in ${howOf(options)}`);
  });

function done({ output }: VerbContext, verb: string, host: string, said: string): number {
  output.log(`${host}: ${said}`);
  output.json(`vflane.sim-${verb}/1`, { host, done: said });
  return exitCodes.asAsked;
}

function placeOf({ at }: VerbOptions): number {
  const place = at === undefined ? 1 : Number(at);
  if (Number.isInteger(place) && place > 0) return place;
  throw new UsageError(`--at ${String(at)} is not a place`, 'Count the changing commands from now, from 1.');
}

const hows = ['error', 'hang', 'lie', 'kill', 'power'] as const;

function howOf({ how = 'error' }: VerbOptions): (typeof hows)[number] {
  const known = hows.find((one) => one === how);
  if (known) return known;
  throw new UsageError(`--how ${String(how)} is not a way to fail`, `There are ${hows.join(', ')}.`);
}

/** Everything the host was asked to change, in order. */
export const log: VerbHandler = (context, [name = '']) =>
  withMachine(context, name, async ({ machine }) => {
    const { output } = context;
    if (output.wantsJson) process.stdout.write(`${JSON.stringify(simLog(machine), null, 2)}\n`);
    for (const { n, at, ok, error, ...change } of machine.state.log) {
      const what =
        'run' in change && change.run
          ? change.run.join(' ')
          : `write ${change.write} ${JSON.stringify(change.text)}`;
      output.result(`${n} ${(at / 1000).toFixed(1)} ${what}${ok ? '' : `  -> ${error}`}`);
      const { stdin } = change as { readonly stdin?: string };
      for (const line of stdin?.trimEnd().split('\n') ?? []) output.result(`    ${line}`);
    }
    return exitCodes.asAsked;
  });

interface Opened {
  readonly machine: SimHost;
  readonly folder: string;
}

function withMachine(
  context: VerbContext,
  name: string,
  work: (opened: Opened) => Promise<number>,
): Promise<number> {
  return withHost(context, name, async (host, folder) => {
    const machine = opened(folder, host);
    await runDueTimers(machine, workshopOf(folder, machine));
    return work({ machine, folder });
  });
}

async function withHost(
  context: VerbContext,
  name: string,
  work: (host: FabricHost, folder: string) => Promise<number>,
): Promise<number> {
  const { path, text, fabric, findings } = readFabricFile(context);
  if (!fabric) {
    printFindings(findings, { [path]: text }, { ...context.output, result: context.output.log });
    return exitCodes.fileWrong;
  }
  return work(simulatedHost(fabric.hosts, name), stateDir(context, path));
}

function simulatedHost(hosts: readonly FabricHost[], name: string): FabricHost {
  const simulated = hosts.filter(({ connect }) => connect.kind === 'sim');
  const host = simulated.find((candidate) => candidate.name === name);
  if (host) return host;
  const names = simulated.map((candidate) => candidate.name).join(', ') || 'none';
  throw new UsageError(
    `the file has no simulated host ${JSON.stringify(name)}`,
    `Simulated hosts: ${names}.`,
  );
}

function opened(folder: string, host: FabricHost): SimHost {
  try {
    return openMachine(folder, host);
  } catch (error) {
    if (error instanceof HostError)
      throw new UsageError(error.message, error.details.hint ?? `Give ${host.name} a connect: that fits.`);
    throw error;
  }
}

async function allOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
