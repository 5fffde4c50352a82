import type { Finding } from './finding.ts';
import type { Allocation } from './host-spec.ts';
import type { Json } from './json.ts';
import type { PciAddress } from './names.ts';

/**
 * A name that exists only after an earlier step. It is resolved right before the action, to exactly one match.
 * - `netdev`: the PF's netdev now; with `vf`, its representor.
 * - `vf`: the VF's PCI address.
 * - `iommuGroup`, `netdevOf`: of a PCI address.
 * - `libvirtAddress`: a PCI address as the attributes of libvirt's `<address>`.
 * - `rdma`: the RDMA device of a PF; if the card is one switch, of both PFs.
 */
export type Lookup =
  | { readonly netdev: { readonly pf: PciAddress; readonly vf?: number } }
  | { readonly vf: { readonly pf: PciAddress; readonly index: number } }
  | { readonly iommuGroup: Text }
  | { readonly rdma: PciAddress }
  | { readonly libvirtAddress: Text }
  | { readonly netdevOf: Text };

/** A word of an argv, a path, a stdin, a text to write. */
export type Text = string | readonly (string | Lookup)[];

/**
 * A question, and the answer that is required.
 * - `read`: a file's text without surrounding white space, whole (`is`) or one of its lines (`has`); `link`: the last part of where a symbolic link points, '' if there is none.
 * - `query`: JSON output, walked by `at`: a key, an index, `key=value` for the one
 *   element that has it, `=value` for the element that is it; `is: null` also stands for "not there".
 * - `says`: all that a command prints, without surrounding white space.
 * - `unused`: nobody holds the VF: no open VFIO group, no netdev in another namespace.
 */
export type Probe =
  | { readonly read: Text; readonly is: string }
  | { readonly read: Text; readonly has: string }
  | { readonly link: Text; readonly is: string }
  | { readonly query: readonly Text[]; readonly at: readonly string[]; readonly is: Json }
  | { readonly says: readonly Text[]; readonly is: string }
  | { readonly unused: Lookup };

/**
 * - `fails`: text on stderr which means that the command failed, even with exit code 0;
 * - `timeoutMs`: its deadline, if it may take longer than most, such as a guest's shutdown;
 * - `secret`: the text may hold a password, and is not shown to whoever reads the plan.
 */
export type Action =
  | {
      readonly run: readonly Text[];
      readonly stdin?: Text;
      readonly fails?: string;
      readonly timeoutMs?: number;
    }
  | { readonly write: Text; readonly text: Text; readonly secret?: true };

/** One thing on a host from one value to another; `null` is "not there". */
export interface Change {
  readonly resource: string;
  readonly at: string;
  readonly from: Json;
  readonly to: Json;
  /** `null`: it was not there before vflane came, whatever `from` says, because what it stands on is vflane's. */
  readonly was?: null;
  /** It was there before vflane came, and as wanted: from now on vflane answers for it. */
  readonly adopts?: true;
  /** Not in the ledger: a card's own setting, which outlives everything that vflane sets up on the host. */
  readonly unheld?: true;
}

export interface Step {
  /** A sentence: what is done, and why now. */
  readonly why: string;
  readonly resource: string;
  /** Where: `0000:03:00.0`, `0000:03:00.0/3`, or several, `0000:03:00.0/0-3,0000:03:00.1/0-3`. */
  readonly at: string;
  /** Guests it is done for. */
  readonly for: readonly string[];
  /** Guests whose traffic it may interrupt. */
  readonly disrupts: readonly string[];
  /** Looked at right before the actions; a false one stops the plan before any effect of this step. */
  readonly guard: readonly Probe[];
  readonly actions: readonly Action[];
  readonly undo: readonly Action[];
  /** Looked at right before the undo: a false one leaves the step as it is, such as a VF that a guest has taken since. */
  readonly undoGuard?: readonly Probe[];
  readonly settle: Settle;
  readonly changes: readonly Change[];
}

/** A place that a plan leaves as it is. */
export interface Kept {
  readonly resource: string;
  readonly at: string;
  readonly value: Json;
}

export interface Settle {
  /** All must hold within the time. */
  readonly all: readonly Probe[];
  /** Read and reported, whatever they say. */
  readonly show: readonly Probe[];
  readonly timeoutMs: number;
}

/** What is to be done on one host. */
export interface Plan {
  readonly host: string;
  /** `sha256:…` over what the plan touches and the boot id: a host that has moved on has another. */
  readonly basis: string;
  readonly steps: readonly Step[];
  readonly allocation: Allocation;
  /** Guests that the host had and is to lose; absent if there are none. */
  readonly leaves?: readonly string[];
  /** What is already as wanted, and has to be so still when all steps are done; absent if nothing is. */
  readonly keeps?: readonly Kept[];
  /** Places that the file leaves to whoever set them up, and that are not verified; absent if there are none. */
  readonly left?: readonly Pick<Change, 'resource' | 'at'>[];
  readonly findings: readonly Finding[];
}
