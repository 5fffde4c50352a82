import type { Clock } from '../apply/clock.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Difference } from '../plan/differences.ts';
import type { PerHost } from './hosts.ts';
import type { HostPlan } from './plan-host.ts';

/** What is reported of a watched host whenever it changes. */
export type Sighting =
  | { readonly kind: 'verified' }
  | {
      readonly kind: 'differs';
      readonly differences: readonly Difference[];
      readonly findings: readonly Finding[];
    }
  /** Nothing there is vflane's, yet or any more: differences are not drift. */
  | {
      readonly kind: 'not-applied';
      readonly before: boolean;
      readonly differences: readonly Difference[];
      readonly findings: readonly Finding[];
    }
  /** A plan is being carried out there, or waits for its operator. */
  | { readonly kind: 'under-way'; readonly findings: readonly Finding[] }
  | { readonly kind: 'lost'; readonly trouble: Outcome };

export interface Watching {
  readonly clock: Clock;
  look(): Promise<PerHost<HostPlan>>;
  tell(sighting: Sighting): void;
  readonly signal: AbortSignal;
  /** The longest time between two looks, in milliseconds, even if nothing was heard. */
  everyMs(): number;
}

/** The shortest time between two looks: a change comes in many pieces, which should not each cause a look. */
const pauseMs = 100;
/** How often to check whether there is something to do. */
const tickMs = 25;

/** Reports a host's standing, first and whenever it changes, until told to end. Returns the last report. */
export class Watch {
  readonly #watching: Watching;
  #isDue = true;
  #told = '';
  #held = false;
  last: Sighting | undefined;

  constructor(watching: Watching) {
    this.#watching = watching;
  }

  /** Something has changed on the host. */
  hear(): void {
    this.#isDue = true;
  }

  async run(): Promise<void> {
    const { clock, signal } = this.#watching;
    let lookedAt = -Infinity;
    while (!signal.aborted) {
      if (this.#isDue || clock.now() - lookedAt >= this.#watching.everyMs()) {
        this.#isDue = false;
        this.#tell(await this.#sighting());
        lookedAt = clock.now();
        await clock.sleep(pauseMs);
      }
      await clock.sleep(tickMs);
    }
  }

  async #sighting(): Promise<Sighting> {
    const { value, trouble } = await this.#watching.look();
    if (!value) return { kind: 'lost', trouble: trouble ?? unasked };
    const sighting = sightingOf(value);
    this.#held ||= sighting.kind === 'verified';
    // What was as wanted without vflane's doing, as after an import, drifts like anything else.
    return sighting.kind === 'not-applied' && this.#held ? { ...sighting, kind: 'differs' } : sighting;
  }

  #tell(sighting: Sighting): void {
    // How far a host is from a file that was never applied to it is reported once.
    const key = sighting.kind === 'not-applied' ? sighting.kind : JSON.stringify(sighting);
    this.last = sighting;
    if (key === this.#told) return;
    this.#told = key;
    this.#watching.tell(sighting);
  }
}

const unasked: Outcome = { kind: 'error', message: 'it was not asked', hint: 'Ask again.' };

const underWay: ReadonlySet<string> = new Set(['VF3010', 'VF3011']);

/** What an apply would do to guests is not news about a host that nobody changes. */
const ofSteps: ReadonlySet<string> = new Set(['VF3003']);

/** What differs while a plan is being carried out is on its way. */
export function sightingOf({ differences, plan, fold }: HostPlan): Sighting {
  const findings = plan.findings.filter(({ severity, code }) => severity === 'error' && !ofSteps.has(code));
  const waiting = findings.filter(({ code }) => underWay.has(code));
  if (waiting.length > 0) return { kind: 'under-way', findings: waiting };
  if (differences.length === 0 && findings.length === 0) return { kind: 'verified' };
  const { ledger, history } = fold;
  const isOurs = ledger.entries.size > 0 || Object.keys(ledger.allocation).length > 0;
  if (differences.length === 0 || isOurs) return { kind: 'differs', differences, findings };
  return { kind: 'not-applied', before: history.length > 0, differences, findings };
}
