import { systemClock } from '../apply/clock.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { PerHost } from '../operate/hosts.ts';
import { type HostPlan, planFromFile } from '../operate/plan-host.ts';
import { Watch } from '../operate/watch.ts';
import type { VerbContext, VerbHandler, VerbOptions } from './context.ts';
import { durationMs } from './duration.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { Listener } from './listener.ts';
import { exitCodeOfSighting, tellSighting } from './sighting-lines.ts';

const schema = 'vflane.watch/1';

/** Looks at every host whenever something changes there, and reports when it is not as the file wants it, and when it is again. */
export const run: VerbHandler = (context, _args, options) => {
  const everyMs = durationMs('--every', String(options.every));
  const ending = endingOf(context, options);
  return withFleet(context, schema, async (fleet) => {
    const watches = fleet.hosts.map((host) => watchOf(context, fleet, host, everyMs, ending.signal));
    await Promise.all(watches.map(({ watch, listener }) => Promise.all([watch.run(), listener.run()])));
    ending.done();
    return firstEarned(
      watches.map(({ watch }) => (watch.last ? exitCodeOfSighting(watch.last) : exitCodes.asAsked)),
    );
  });
};

/** Ends on Ctrl-C, or after the requested time. */
function endingOf(
  { output }: VerbContext,
  { for: time }: VerbOptions,
): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  // A host that does not answer may hold this up for a minute.
  const stop = (): void => {
    output.log('stopping: what is being looked at comes to its end; press Ctrl-C again to end at once');
    end();
  };
  for (const signal of signals) process.once(signal, stop);
  const timer = typeof time === 'string' ? setTimeout(end, durationMs('--for', time)) : undefined;
  const done = (): void => {
    clearTimeout(timer);
    for (const signal of signals) process.off(signal, stop);
  };
  return { signal: controller.signal, done };
}

function watchOf(
  context: VerbContext,
  fleet: Fleet,
  host: FabricHost,
  everyMs: number,
  signal: AbortSignal,
): { readonly watch: Watch; readonly listener: Listener } {
  const listener: Listener = new Listener({
    fleet,
    host,
    signal,
    onChange: () => watch.hear(),
    tell: (line) => context.output.log(`${host.name}: ${line}`),
  });
  const watch: Watch = new Watch({
    clock: systemClock,
    signal,
    everyMs: () => Math.min(everyMs, listener.everyMs),
    look: async () => heardBy(listener, await lookAt(fleet, host)),
    tell: (sighting) => tellSighting(context, host.name, sighting),
  });
  return { watch, listener };
}

/** A host that could not be reached is tried on a new connection the next time. */
async function lookAt(fleet: Fleet, host: FabricHost): Promise<PerHost<HostPlan>> {
  const plan = (site: Parameters<typeof planFromFile>[0]) =>
    planFromFile(site, fleet.fabric, host, { allowDisruption: false });
  const [looked = { host: host.name }] = await fleet.onEach(plan, [host]);
  if (looked.trouble?.kind === 'unreachable') await fleet.leave(host);
  return looked;
}

function heardBy(listener: Listener, looked: PerHost<HostPlan>): PerHost<HostPlan> {
  if (looked.value) listener.hearOf(looked.value);
  return looked;
}
