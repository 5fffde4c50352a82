import { setTimeout } from 'node:timers/promises';
import { HostError } from '../host/host.ts';
import { localPrograms } from '../host/local-programs.ts';
import type { RunProgram } from '../host/program.ts';
import { type Monitor, type MonitorSpec, monitorsOf } from './monitors.ts';
import type { ProbeWorld } from './probe.ts';

/** What a monitor prints at its start is what exists already. */
const startMs = 300;
/** A change may be hundreds of lines; after the first the host is looked at anyway. */
const tellEveryMs = 50;
const longestMs = 3_600_000;

/**
 * Says `{"listening":[…],"deaf":[…]}` once it listens, and from then on `{"changed":[…]}` with what has changed, until it is
 * to end; `{"deaf":[…]}` besides where a monitor has ended.
 */
export async function probeChanges(spec: unknown, world: ProbeWorld): Promise<number> {
  const monitors = monitorsOf(asSpec(spec));
  const ears = new Ears(world, localPrograms({ name: 'here' }));
  for (const monitor of monitors) ears.open(monitor);
  await setTimeout(startMs);
  ears.listen(monitors.map(({ hears }) => hears));
  while (!world.signal.aborted) {
    await setTimeout(tellEveryMs);
    ears.tell();
  }
  await ears.closed();
  return 0;
}

/** @throws TypeError */
function asSpec(spec: unknown): MonitorSpec {
  const { namespaces, bridges, overlay } = (spec ?? {}) as Partial<MonitorSpec>;
  const isWords = (list: unknown) => Array.isArray(list) && list.every((word) => typeof word === 'string');
  if (isWords(namespaces) && isWords(bridges) && typeof overlay === 'boolean') return spec as MonitorSpec;
  throw new TypeError('changes want { namespaces, bridges, overlay }');
}

class Ears {
  readonly #world: ProbeWorld;
  readonly #programs: RunProgram;
  readonly #open: Promise<void>[] = [];
  readonly #deaf = new Set<string>();
  #changed = new Set<string>();
  #listens = false;

  constructor(world: ProbeWorld, programs: RunProgram) {
    this.#world = world;
    this.#programs = programs;
  }

  open({ hears, argv }: Monitor): void {
    const { signal } = this.#world;
    const onLine = () => {
      if (this.#listens) this.#changed.add(hears);
    };
    const over = this.#programs({ argv, timeoutMs: longestMs, signal, onLine }).then(
      () => this.#lose(hears),
      (error: unknown) => {
        if (!(error instanceof HostError)) throw error;
        this.#lose(hears);
      },
    );
    this.#open.push(over);
  }

  /** A monitor ends with what it watches: that it ended is a change. */
  #lose(hears: string): void {
    this.#deaf.add(hears);
    if (!this.#listens || this.#world.signal.aborted) return;
    this.#changed.add(hears);
    this.#say({ deaf: [...this.#deaf] });
  }

  listen(all: readonly string[]): void {
    this.#listens = true;
    this.#say({ listening: all.filter((one) => !this.#deaf.has(one)), deaf: [...this.#deaf] });
  }

  tell(): void {
    if (this.#changed.size === 0) return;
    this.#say({ changed: [...this.#changed] });
    this.#changed = new Set();
  }

  async closed(): Promise<void> {
    await Promise.all(this.#open);
  }

  #say(line: object): void {
    this.#world.say(JSON.stringify(line));
  }
}
