import type { Clock } from '../../src/apply/clock.ts';
import type { OnEvent } from '../../src/apply/event.ts';
import { outcomeFindings } from '../../src/cli/outcome-findings.ts';
import type { Host } from '../../src/host/host.ts';
import { type Store, StoreFailed, StoreLocked } from '../../src/host/store.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { type Booted, bootHost } from '../../src/operate/boot.ts';
import { localSite } from '../../src/operate/local-site.ts';
import type { Request, Site } from '../../src/operate/site.ts';
import type { Workshop } from '../../src/operate/workshop.ts';
import type { RebootOptions } from '../../src/sim/boot.ts';
import { memoryKeeper } from '../../src/sim/keeper.ts';
import { SimHost } from '../../src/sim/sim-host.ts';
import type { Fault, SimState } from '../../src/sim/state.ts';

/** The tool's process has been killed: nothing it does afterwards has any effect. */
class Killed extends Error {
  override readonly name = 'Killed';
}

interface Life {
  dead: boolean;
}

/** The durable content of a host's disk. */
interface Disk {
  records: string[];
  documents: Map<string, string>;
}

/** How the N-th write to the store from now, from 1, fails. */
export interface StoreFault {
  at: number;
  readonly after: boolean;
  readonly how: 'error' | 'kill';
}

/** What another person does on the host, once, right before a command of the tool. */
export interface Meddling {
  readonly before: (argv: readonly string[], stdin: string) => boolean;
  readonly act: (machine: SimHost) => Promise<unknown>;
}

/** A simulated machine and its disk, which outlive the tool's processes. */
export class World {
  readonly #machine: SimHost;
  readonly #disk: Disk;
  #starts = 0;
  #booted: Booted | undefined;
  #told: string[] = [];
  locked = false;
  storeFault: StoreFault | undefined;
  meddling: Meddling | undefined;

  constructor(machine: SimHost, disk: Disk = { records: [], documents: new Map() }) {
    const programs = { '/usr/bin/vflane': (_argv: readonly string[], host: SimHost) => this.#boot(host) };
    this.#machine = new SimHost(memoryKeeper(machine.state), {
      name: machine.name,
      onKill: () => {},
      programs,
    });
    this.#disk = disk;
  }

  get state(): SimState {
    return this.#machine.state;
  }

  get records(): number {
    return this.#disk.records.length;
  }

  get machine(): SimHost {
    return this.#machine;
  }

  /** A copy of the machine and its disk, to try something else on. */
  clone(): World {
    const { records, documents } = this.#disk;
    const state = copyOf({ ...this.state, log: [] });
    const machine = new SimHost(memoryKeeper(state), { name: this.#machine.name, onKill: () => {} });
    return new World(machine, { records: [...records], documents: new Map(documents) });
  }

  fail(fault: Fault): void {
    this.state.faults.push({ ...fault });
  }

  /** A new process of the tool. The kernel has freed a dead one's lock. */
  process(): Site {
    const { workshop, life } = this.#mortal();
    const site = localSite(workshop);
    const carryOut = async (request: Request, onEvent: OnEvent): Promise<Outcome> => {
      try {
        return await site.carryOut(request, onEvent);
      } catch (error) {
        if (life.dead) this.locked = false;
        throw error;
      }
    };
    return { ...site, carryOut };
  }

  /** Runs vflane-boot.service as systemd does if it is enabled. */
  async startUnit(told: string[] = []): Promise<Booted> {
    this.#starts += 1;
    return bootHost(this.#mortal().workshop, {
      planId: () => `boot-${this.#starts}`,
      onEvent: () => {},
      explain: (outcome) => outcomeFindings(this.#machine.name, outcome),
      tell: (line) => void told.push(line),
      patienceMs: 3_000,
    });
  }

  /** Reboots the host, and its systemd starts all enabled units. Killed if vflane was. */
  async restart(options: RebootOptions = {}, told: string[] = []): Promise<Booted> {
    this.locked = false;
    this.#booted = undefined;
    this.#told = told;
    await this.#machine.reboot(options);
    if (this.#booted) return this.#booted;
    throw new Killed();
  }

  async #boot(_host: SimHost): Promise<{ readonly code: number }> {
    this.#booted = await this.startUnit(this.#told);
    return { code: this.#booted.report.outcome === 'as-asked' ? 0 : 1 };
  }

  #mortal(): { readonly workshop: Workshop; readonly life: Life } {
    const life: Life = { dead: false };
    const machine = this.#machine.reopened();
    const host = mortalHost(this, machine, life);
    const store = mortalStore(this, this.#disk, life);
    return { workshop: { host, store, clock: sleepy(machine), self: ['vflane'] }, life };
  }
}

/** A state is plain JSON data, copied thousands of times: structuredClone takes five times as long. */
function copyOf<Data>(data: Data): Data {
  if (Array.isArray(data)) return data.map(copyOf) as Data;
  if (typeof data !== 'object' || data === null) return data;
  const copy: { [key: string]: unknown } = {};
  for (const key in data) copy[key] = copyOf(data[key]);
  return copy as Data;
}

/** Oversleeps, as on a busy host: a wait that lasts to its deadline checks four times instead of forty. */
function sleepy({ clock }: SimHost): Clock {
  return { now: () => clock.now(), sleep: (ms) => clock.sleep(16 * ms) };
}

/** A host that a dead process can neither look at nor change. */
function mortalHost(world: World, machine: SimHost, life: Life): Host {
  const alive = async <Answer>(act: () => Promise<Answer>): Promise<Answer> => {
    if (life.dead) throw new Killed();
    try {
      return await act();
    } catch (error) {
      if (error instanceof Error && error.name === 'KilledByFault') life.dead = true;
      throw error;
    }
  };
  return {
    name: machine.name,
    readFile: (path) => alive(() => machine.readFile(path)),
    readLink: (path) => alive(() => machine.readLink(path)),
    listDir: (path) => alive(() => machine.listDir(path)),
    query: (argv, timeoutMs) =>
      alive(async () => {
        await meddle(world, argv, '');
        return machine.query(argv, timeoutMs);
      }),
    openFiles: (folder) => alive(() => machine.openFiles(folder)),
    run: (argv, options) =>
      alive(async () => {
        await meddle(world, argv, options?.stdin ?? '');
        return machine.run(argv, options);
      }),
    writeFile: (path, text) => alive(() => machine.writeFile(path, text)),
  };
}

async function meddle(world: World, argv: readonly string[], stdin: string): Promise<void> {
  const { meddling, machine } = world;
  if (!meddling?.before(argv, stdin)) return;
  world.meddling = undefined;
  await meddling.act(machine);
}

function mortalStore(world: World, disk: Disk, life: Life): Store {
  const alive = () => {
    if (life.dead) throw new Killed();
  };
  const write = async (keep: () => void): Promise<void> => {
    alive();
    const fault = struck(world);
    if (!fault) return keep();
    if (fault.after) keep();
    if (fault.how === 'error') throw new StoreFailed('No space left on device');
    life.dead = true;
    throw new Killed();
  };
  return {
    records: async () => {
      alive();
      return [...disk.records];
    },
    get: async (name) => {
      alive();
      return disk.documents.get(name);
    },
    append: (record) => write(() => void disk.records.push(record)),
    put: (name, text) => write(() => void disk.documents.set(name, text)),
    lock: async () => {
      alive();
      if (world.locked) throw new StoreLocked('another vflane holds the lock');
      world.locked = true;
      return async () => {
        world.locked = false;
      };
    },
  };
}

function struck(world: World): StoreFault | undefined {
  const { storeFault } = world;
  if (!storeFault) return undefined;
  storeFault.at -= 1;
  if (storeFault.at > 0) return undefined;
  world.storeFault = undefined;
  return storeFault;
}

/** Whether an error is the intended end of the tool's process, and not a defect. */
export function isKilled(error: unknown): boolean {
  return error instanceof Error && (error.name === 'Killed' || error.name === 'KilledByFault');
}
