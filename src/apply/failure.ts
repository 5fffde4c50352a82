import { HostError } from '../host/host.ts';
import { StoreFailed } from '../host/store.ts';
import type { FailureKind, KernelSaid, StepFailure, Unmet } from '../model/outcome.ts';
import type { Step } from '../model/plan.ts';
import { hintFor } from './known-words.ts';
import { Unresolved } from './resolve.ts';

/** Trouble that a host may be expected to give: it ends a step and is reported. Everything else crashes. */
export class Trouble extends Error {
  override readonly name = 'Trouble';
  readonly kind: FailureKind;
  readonly unmet: readonly Unmet[];

  constructor(kind: FailureKind, message: string, unmet: readonly Unmet[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.unmet = unmet;
  }
}

/** Asked to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Names what went wrong in `work`; defects of our own pass through as they are. */
export async function during<T>(kind: FailureKind, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const trouble = asTrouble(kind, error);
    throw trouble ?? error;
  }
}

function asTrouble(kind: FailureKind, error: unknown): Trouble | undefined {
  if (error instanceof Unresolved) return new Trouble('lookup', error.message, [], error);
  const expected = error instanceof (kind === 'journal' ? StoreFailed : HostError);
  return expected && error instanceof Error ? new Trouble(kind, error.message, [], error) : undefined;
}

export function unmetWords(unmet: readonly Unmet[]): string {
  const each = distinct(unmet).map(({ wanted, saw }) => `wanted: ${wanted}; saw: ${saw}`);
  const shown = each.slice(0, 5).join(' | ');
  return each.length > 5 ? `${shown} | and ${each.length - 5} more` : shown;
}

/** One query may cover many things: for 254 ports it is asked once whether any of them failed. */
function distinct(unmet: readonly Unmet[]): readonly Unmet[] {
  return [...new Map(unmet.map((one) => [JSON.stringify([one.wanted, one.saw]), one])).values()];
}

const hints: { readonly [kind in FailureKind]: string } = {
  guard: 'Nothing of this step was done. Free what is in use, or plan again if the host has changed.',
  lookup: 'Look into the kernel log of the host (dmesg): what should have this name did not appear.',
  action: 'The last words of the message are the command’s own; the kernel log (dmesg) often says more.',
  settle: 'The command said yes and the host did not follow; the kernel log (dmesg) often says why.',
  arm: 'Nothing was done. Is systemd-run there, and does it work as root?',
  journal: 'Nothing is done that cannot be written down first: make room below /var/lib/vflane, then resume.',
};

export function failureOf(
  n: number,
  step: Step,
  trouble: Trouble,
  effect: 'none' | 'unknown',
  kernel: readonly KernelSaid[] = [],
): StepFailure {
  const { why, resource, at } = step;
  const { kind, message, unmet } = trouble;
  const hint = hintOf(kernel) ?? hintFor(message) ?? hints[kind];
  const failure: StepFailure = { n, why, resource, at, kind, message, hint, unmet: distinct(unmet), effect };
  return kernel.length === 0 ? failure : { ...failure, kernel };
}

/** What the kernel's own words mean is more than where to look for them. */
function hintOf(kernel: readonly KernelSaid[]): string | undefined {
  const said = kernel.findLast(({ means }) => means !== undefined);
  return said === undefined ? undefined : hintFor(said.line);
}
