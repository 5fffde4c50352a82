import { type Host, HostError, type Ran } from '../../host/host.ts';
import { type Store, StoreFailed } from '../../host/store.ts';
import type { Clock } from '../clock.ts';
import { FakeCard } from './fake-card.ts';

export type Fault = 'error' | 'error-after' | 'hang' | 'hang-after' | 'lie' | 'kill' | 'kill-after';

/** The process is gone: nothing may catch this. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** What survives a crash: the host, the disk and the time. */
export class FakeWorld {
  readonly card = new FakeCard();
  readonly records: string[] = [];
  readonly documents = new Map<string, string>();
  nowMs = 1_000_000;
  /** Every operation since the last session began, in words. */
  operations: string[] = [];

  /** A fresh process on this world, with a fault at its n-th operation, from 0. */
  session(fault?: { readonly at: number; readonly how: Fault }): Session {
    this.operations = [];
    let count = 0;
    const operate: Operate = (words, effect, fail) => {
      this.operations.push(words.join(' '));
      this.nowMs += 1;
      return fault && count++ === fault.at ? this.#faulty(fault.how, effect, fail) : effect();
    };
    const reached = () => fault !== undefined && count > fault.at;
    return { host: fakeHost(this.card, operate), store: this.#store(operate), clock: this.clock, reached };
  }

  readonly clock: Clock = {
    now: () => this.nowMs,
    sleep: async (ms) => {
      this.nowMs += ms;
    },
  };

  #faulty<T>(how: Fault, effect: () => T, fail: Fail): T | undefined {
    if (how.endsWith('-after')) attempt(effect);
    if (how.startsWith('kill')) throw new Killed();
    if (how === 'lie') return undefined;
    if (how.startsWith('hang')) this.nowMs += 30_000;
    throw fail(how.startsWith('hang') ? 'timeout' : 'errno');
  }

  #store(operate: Operate): Store {
    const act = async <T>(words: readonly string[], effect: () => T): Promise<T> =>
      operate(words, effect, () => new StoreFailed('cannot append: ENOSPC: the disk is full')) as T;
    return {
      records: async () => [...this.records],
      append: (record) => act(['append', record], () => void this.records.push(record)),
      put: (name, text) => act(['put', name], () => void this.documents.set(name, text)),
      get: async (name) => this.documents.get(name),
      lock: async () => async () => {},
    };
  }
}

export interface Session {
  readonly host: Host;
  readonly store: Store;
  readonly clock: Clock;
  /** The fault's place was reached. */
  readonly reached: () => boolean;
}

type Fail = (kind: 'errno' | 'timeout') => Error;
type Operate = <T>(words: readonly string[], effect: () => T, fail: Fail) => T | undefined;

function fakeHost(card: FakeCard, operate: Operate): Host {
  const act = async <T>(words: readonly string[], effect: () => T, nothing: T): Promise<T> => {
    const fail: Fail = (kind) => new HostError({ kind, host: 'alpha', argv: words, errno: 'EIO' });
    return operate(words, effect, fail) ?? nothing;
  };
  const quiet: Ran = { stdout: '', stderr: '' };
  return {
    name: 'alpha',
    readFile: (path) => act(['read', path], () => card.read(path), ''),
    readLink: (path) => act(['readlink', path], () => card.link(path), ''),
    listDir: (path) => act(['list', path], () => card.list(path), []),
    query: (argv) => act(['query', ...argv], () => ({ stdout: card.query(argv), stderr: '' }), quiet),
    openFiles: (folder) => act(['open', folder], () => card.open, []),
    run: (argv, options) => act(['run', ...argv], () => card.run(argv, options?.stdin ?? ''), quiet),
    writeFile: (path, text) => act(['write', path, text], () => card.write(path, text), undefined),
  };
}

// An operation that is refused anyway has no effect after which it could be interrupted.
function attempt(effect: () => unknown): void {
  try {
    effect();
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
  }
}
