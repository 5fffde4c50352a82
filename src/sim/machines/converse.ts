import { nowMs } from '../clock.ts';
import { Blocked, Refusal } from '../errno.ts';
import { kernelOf } from '../functions.ts';
import { versionOf } from '../packages.ts';
import { endProcess } from '../processes.ts';
import type { SimState } from '../state.ts';
import { askAgent } from './agent.ts';
import { hasAgent, machineAt, powerDown } from './power.ts';

/**
 * One connection to a socket that a VM listens on: sends lines, and returns all lines that came back, including QMP's
 * greeting and events. @throws Refusal ENOENT, ECONNREFUSED, as connect(2); Blocked if nothing answers
 */
export function converse(state: SimState, path: string, lines: readonly string[]): readonly string[] {
  const found = machineAt(state, path);
  if (!found) throw new Refusal(Object.hasOwn(state.files, path) ? 'ECONNREFUSED' : 'ENOENT');
  if (found.kind === 'qmp') return new Qmp(state, path).all(lines);
  const { machine } = found;
  if (found.kind !== 'agent' || !hasAgent(state, machine)) throw new Blocked('nobody answers on the socket');
  return lines.flatMap((line) => askAgent(state, found.process, line));
}

/** qapi/control.json, with answers as seen from QEMU 10. */
class Qmp {
  readonly #state: SimState;
  readonly #path: string;
  #negotiated = false;

  constructor(state: SimState, path: string) {
    this.#state = state;
    this.#path = path;
  }

  all(lines: readonly string[]): readonly string[] {
    return [this.#greeting(), ...lines.flatMap((line) => this.#one(line))];
  }

  #greeting(): string {
    return say({ QMP: { version: this.#version(), capabilities: ['oob'] } });
  }

  #version(): object {
    const [major, minor, micro] = kernelOf(this.#state).debian >= 13 ? [10, 0, 3] : [7, 2, 22];
    return { qemu: { micro, minor, major }, package: `Debian ${versionOf(this.#state, 'qemu-system-x86')}` };
  }

  #one(line: string): readonly string[] {
    const asked = commandOf(line);
    if ('wrong' in asked) return [error('GenericError', asked.wrong)];
    const found = machineAt(this.#state, this.#path);
    if (!found) return [];
    if (asked.execute === 'qmp_capabilities') {
      this.#negotiated = true;
      return [returned({}, asked.id)];
    }
    if (!this.#negotiated)
      return [error('CommandNotFound', "Expecting capabilities negotiation with 'qmp_capabilities'")];
    return this.#command(found, asked);
  }

  #command(
    { process, machine }: NonNullable<ReturnType<typeof machineAt>>,
    asked: Command,
  ): readonly string[] {
    const state = this.#state;
    const back = (value: unknown) => returned(value, asked.id);
    const status = machine.paused ? 'paused' : 'running';
    const verbs: { readonly [name: string]: (() => readonly string[]) | undefined } = {
      'query-status': () => [back({ status, running: !machine.paused })],
      'query-name': () => [back({ name: machine.name })],
      'query-version': () => [back(this.#version())],
      'query-cpus-fast': () => [back([{ 'cpu-index': 0, 'thread-id': process.pid, target: 'x86_64' }])],
      system_powerdown: () => {
        powerDown(state, machine);
        return [this.#event('POWERDOWN'), back({})];
      },
      stop: () => {
        machine.paused = true;
        return [this.#event('STOP'), back({})];
      },
      cont: () => {
        machine.paused = false;
        return [this.#event('RESUME'), back({})];
      },
      quit: () => {
        endProcess(state, process.pid);
        return [this.#event('SHUTDOWN', { guest: false, reason: 'host-qmp-quit' }), back({})];
      },
    };
    const act = Object.hasOwn(verbs, asked.execute) ? verbs[asked.execute] : undefined;
    return act?.() ?? [error('CommandNotFound', `The command ${asked.execute} has not been found`)];
  }

  #event(event: string, data?: object): string {
    const now = nowMs(this.#state);
    const timestamp = { seconds: Math.floor(now / 1000), microseconds: (now % 1000) * 1000 };
    return say({ timestamp, event, ...(data ? { data } : {}) });
  }
}

export interface Command {
  readonly execute: string;
  readonly id?: unknown;
  readonly arguments?: { readonly [name: string]: unknown };
}

export function commandOf(line: string): Command | { readonly wrong: string } {
  try {
    const value: unknown = JSON.parse(line);
    if (
      typeof value === 'object' &&
      value !== null &&
      'execute' in value &&
      typeof value.execute === 'string'
    )
      return value as Command;
    return { wrong: "QMP input lacks member 'execute'" };
  } catch {
    const word = /^\s*([A-Za-z_]+)/.exec(line)?.[1];
    return {
      wrong:
        word === undefined ? 'JSON parse error, stray input' : `JSON parse error, invalid keyword '${word}'`,
    };
  }
}

function say(value: object): string {
  return JSON.stringify(value);
}

function returned(value: unknown, id: unknown): string {
  return say({ return: value, ...(id === undefined ? {} : { id }) });
}

function error(name: string, desc: string): string {
  return say({ error: { class: name, desc } });
}
