import { Failure, Refusal, strerror } from '../errno.ts';
import type { SimState } from '../state.ts';

export interface Call {
  readonly state: SimState;
  readonly argv: readonly string[];
  readonly stdin: string;
  /** The network namespace it runs in, '' for the host's own. */
  readonly ns: string;
  /** For a unit's program. */
  readonly env?: { readonly [name: string]: string };
  /** Starts another program, as `ip netns exec` does. */
  readonly start: (call: Call) => Reply;
}

export interface Reply {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  /** The pid of the program that goes on, or of a daemon that it leaves behind. */
  readonly goesOn?: number;
  readonly leaves?: number;
  /** systemd jobs that it waits for, and what it prints once they have ended. */
  readonly waitsFor?: { readonly jobs: readonly number[]; readonly tell: (state: SimState) => Reply };
}

/** May throw Failure, and Refusal if the program has a way to print it; Blocked passes through. */
export type Program = (call: Call) => Reply;

export function said(stdout: string): Reply {
  return { stdout, stderr: '', code: 0 };
}

export const silent: Reply = said('');

export function failed(code: number, stderr: string, stdout = ''): Reply {
  return { stdout, stderr, code };
}

/** Runs a part of a program; turns what it throws into what the program prints. */
export function telling(tell: (refusal: Refusal) => Reply, part: () => Reply): Reply {
  try {
    return part();
  } catch (error) {
    if (error instanceof Refusal) return tell(error);
    if (error instanceof Failure) return failed(error.code, error.message);
    throw error;
  }
}

/** A name in a message of coreutils: quoted if a shell would need it. */
export function quoted(path: string): string {
  return /^[A-Za-z0-9_.,/+@%-]+$/.test(path) ? path : `'${path}'`;
}

export function because(refusal: Refusal): string {
  return strerror[refusal.errno];
}
