import type { Datapath } from '../../../src/model/fabric.ts';

/** A whole line of a plan, or a pattern for one. */
export type Pattern = string | RegExp;

/** A host that differs from the fabric's, and what vflane says about it, hints included. */
export interface Said {
  /** What was done on the host before. */
  readonly after: readonly string[];
  /** NUM_OF_VFS of the firmware; 0: SR-IOV is off. */
  readonly numOfVfs?: number;
  /** Default: `debian-13-rebuilt`. */
  readonly kernel?: 'debian-13';
  readonly code: string;
  readonly says: RegExp;
}

/** How vflane does what was typed. */
export type Fate =
  /** All of these are lines of the plan. */
  | { readonly kind: 'planned'; readonly by: readonly Pattern[] }
  /** These are lines of the plan instead, and no line matches one of `never`. */
  | {
      readonly kind: 'better';
      readonly why: string;
      readonly by: readonly Pattern[];
      readonly never: readonly RegExp[];
    }
  /** A finding has the command; or `vflane export guest` prints it for the VM and the plan does it for a namespace. */
  | { readonly kind: 'finding'; readonly why: string; readonly said: Said }
  | { readonly kind: 'guest'; readonly recipe: readonly Pattern[]; readonly by: readonly Pattern[] }
  /** A verb other than `apply` runs these lines on hosts. */
  | {
      readonly kind: 'asked';
      readonly why: string;
      readonly verb: 'bench' | 'firmware' | 'prepare';
      readonly by: readonly Pattern[];
    };

export interface SeedCommand {
  /** As it was typed, on one line. */
  readonly typed: string;
  readonly fate: Fate;
}

/** A part of the log, typed on one machine for one purpose. */
export interface Chapter {
  readonly name: string;
  /** The datapath whose plan must do it; absent if none does. */
  readonly datapath?: Datapath;
  /** Typed inside the VM. */
  readonly inGuest?: true;
  readonly commands: readonly SeedCommand[];
}

export function planned(typed: string, ...by: readonly Pattern[]): SeedCommand {
  return { typed, fate: { kind: 'planned', by } };
}

export function better(
  typed: string,
  why: string,
  by: readonly Pattern[],
  never: readonly RegExp[] = [],
): SeedCommand {
  return { typed, fate: { kind: 'better', why, by, never } };
}

export function toldOf(typed: string, why: string, said: Said): SeedCommand {
  return { typed, fate: { kind: 'finding', why, said } };
}

export function inGuest(typed: string, recipe: readonly Pattern[], by: readonly Pattern[]): SeedCommand {
  return { typed, fate: { kind: 'guest', recipe, by } };
}

export function asked(
  typed: string,
  verb: Extract<Fate, { readonly kind: 'asked' }>['verb'],
  why: string,
  by: readonly Pattern[],
): SeedCommand {
  return { typed, fate: { kind: 'asked', verb, why, by } };
}
