import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import type { Json } from '../model/json.ts';
import type { Action, Lookup, Probe, Text } from '../model/plan.ts';
import type { Unseen } from '../model/unseen.ts';

/**
 * One kind of thing on a host: what is wanted, what is there, and the way from one value to another.
 * `null` is "not there". Values are JSON, so that they can be journalled, compared and shown.
 */
export interface Resource {
  /** Its name in plans, in the ledger and in messages. */
  readonly kind: string;
  /** Every place at which a value is wanted; `null`: nothing may be there. */
  wanted(spec: HostSpec, state: HostState): readonly Placed<Json>[];
  /** Every place that was looked at; an `at` that ends in `*` stands for all that begin so. */
  there(state: HostState): readonly Placed<Json | Unseen>[];
  /** Keys (`resource at`) that this stands on: when one is replaced, this comes down first and goes up again afterwards. */
  standsOn?(at: string, value: Json): readonly string[];
  /** Keys of vflane's things with which it goes away, even if the host itself has started it since. */
  goesWith?(at: string): readonly string[];
  /** Keys whose value it takes over when it is set up: when one changes, this is set up anew. A `*` at the end stands for all that begin so. */
  reads?(at: string): readonly string[];
  /** Keys of settings that its creation or removal disturbs, though none of them stands on it. */
  disturbs?(value: Json): readonly string[];
  /** True if the only way from one value to the other is through `null`. */
  replaced?(from: Json, to: Json): boolean;
  /** Something that is created: one that differs and that vflane did not make is in the way, and is left alone. */
  readonly made?: true;
  /** Not vflane's: no undo removes it, and the ledger does not name it. */
  readonly stays?: true;
  /** Wanted by `prepare` alone: no other plan looks at it, and only `undo` and `destroy` remove it. */
  readonly apart?: true;
  /** The card's own, not the host's: the ledger does not name it, and only an `undo` of its plan reverts it. */
  readonly unheld?: true;
  /** A setting of what it stands on: it comes and goes with that, and has no earlier value of its own. */
  readonly attribute?: true;
  /** The value it has by default as soon as what it stands on exists; absent for what must be created. */
  fresh?: Json;
  /** What a change does; `from` and `to` may be `null`. */
  move(at: string, from: Json, to: Json): Move;
  /** What must hold once `to` is reached. */
  settled(at: string, to: Json): readonly Probe[];
  /** Read once it has settled, and shown, whatever it says. */
  shown?(at: string): readonly Probe[];
  /** Looked at right before a change that takes something out of use. */
  guard?(at: string, from: Json, to: Json): readonly Probe[];
  /** Which VFs, or which guest, a change takes away for a moment. */
  takes?(at: string, from: Json, to: Json): Taken;
  /** Neighbouring kinds with the same one, and the same `together`, are made in one step: in one transaction. */
  readonly transaction?: 'ovsdb' | 'namespace';
  /** Changes with the same answer are made in one step; default: all of the kind. */
  together?(at: string): string;
  /** How long a change may take to show, in milliseconds. */
  readonly timeoutMs: number;
  /** The sentence in the plan: what is done, and why. */
  why(from: Json, to: Json): string;
}

export interface Placed<Value> {
  readonly at: string;
  readonly value: Value;
}

/** A change is lines for one `ip -batch` (in a namespace), commands for one `ovs-vsctl` or one `nft`, files for one `rm`, packages for one `apt-get` or `dpkg`, settings of one card for one `mstconfig`, or actions of its own. */
export type Move =
  | {
      readonly batch: readonly Text[];
      readonly namespace?: string;
      /** Taken right before the lines, once for all that share it. */
      readonly first?: Action;
    }
  | { readonly vsctl: readonly (readonly string[])[] }
  | { readonly nft: readonly string[] }
  | { readonly remove: readonly string[] }
  | { readonly install: readonly string[] }
  | { readonly uninstall: readonly string[] }
  | { readonly settings: readonly string[]; readonly card: string }
  | {
      readonly actions: readonly Action[];
      /** Taken before the actions of all changes of the step, once for all that share it. */
      readonly before?: Action;
      /** Taken after the actions of all changes of the step, equal ones only once. */
      readonly once?: readonly Action[];
    };

/** Whose lanes a change interrupts: everybody's on the host, a VF's, those of all VFs of a PF, one lane (`/storage`), or all of a guest's. */
export type Taken =
  | 'everything'
  | { readonly vf: string }
  | { readonly pf: string }
  | { readonly lane: string }
  | { readonly guest: string }
  | undefined;

export const nothing: Move = { actions: [] };

export function pciPath(pci: string | Lookup, attribute: string): Text {
  return ['/sys/bus/pci/devices/', pci, `/${attribute}`];
}
