import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { HostError } from '../host/host.ts';
import { createState, type SimOptions } from './create.ts';
import { whileLocked } from './lock.ts';
import type { SimState } from './state.ts';

/** Keeps a simulated host's state between two operations. */
export interface Keeper {
  load(): SimState;
  /** Durable when it returns. */
  save(): void;
  /** Runs `work` while no other process changes the host. */
  alone<Value>(work: () => Value): Value;
}

export function memoryKeeper(state: SimState): Keeper {
  return { load: () => state, save: () => {}, alone: (work) => work() };
}

/**
 * One JSON file, replaced at once. A host that was only looked at has no file: each time the same one is made again.
 * Each operation checks whether another command has written meanwhile; writers wait for each other.
 */
export function fileKeeper(stateFile: string, options: SimOptions): Keeper {
  let state: SimState | undefined;
  let seen = '';
  const kept = <Value>(work: () => Value) => orLost(options.name, stateFile, work);
  const load = () => {
    const now = signature(stateFile);
    if (state === undefined || now !== seen) {
      state = now === '' ? createState(options, { kind: 'wall', offsetMs: 0 }) : read(stateFile);
      seen = now;
    }
    return state;
  };
  const save = () => {
    if (state === undefined) return;
    put(stateFile, JSON.stringify(state));
    seen = signature(stateFile);
  };
  return {
    load: () => kept(load),
    save: () => kept(save),
    alone: (work) => kept(() => whileLocked(`${stateFile}.lock`, work)),
  };
}

/** A file that cannot be read, written or parsed means a host that cannot be reached. @throws HostError */
function orLost<Value>(host: string, stateFile: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SyntaxError || (error instanceof Error && 'syscall' in error))) throw error;
    const hint = `Make sure that the file can be written, make the host again (\`vflane sim reset ${host}\`), or set VFLANE_STATE_DIR to another folder.`;
    throw new HostError(
      { kind: 'lost', host, argv: ['open', stateFile], stderr: error.message, hint },
      error,
    );
  }
}

function signature(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats ? `${stats.ino}/${stats.mtimeNs}/${stats.size}` : '';
}

function read(path: string): SimState {
  const state = JSON.parse(readFileSync(path, 'utf8')) as SimState;
  if (state.schema !== 'vflane.sim-state/4') throw new SyntaxError('not a simulated host of this version');
  return state;
}

function put(path: string, text: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const temporary = `${path}.${process.pid}.new`;
  try {
    writeDurably(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    // write(2) on a full disk writes what fits without an error; this goes on until the error.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
