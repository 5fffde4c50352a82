import type { MonitorSpec } from '../measure/monitors.ts';
import type { FabricHost } from '../model/fabric.ts';
import { sameJson } from '../model/json.ts';
import type { Measured } from '../operate/measure-request.ts';
import type { HostPlan } from '../operate/plan-host.ts';
import type { Fleet } from './fleet.ts';

/** How long a host is listened to at a stretch; then listening starts again. */
const stretchMs = 3_600_000;
/** How often to look at a host that cannot be listened to, and at one on which not everything can be heard. */
const unheardMs = 1_000;
const halfHeardMs = 5_000;
const tickMs = 100;

export interface Listening {
  readonly fleet: Fleet;
  readonly host: FabricHost;
  readonly signal: AbortSignal;
  onChange(): void;
  /** What can be heard on the host, and what cannot. */
  tell(line: string): void;
}

/** Listens for changes on one host, as long as somebody wants to know. */
export class Listener {
  readonly #listening: Listening;
  /** How often the host has to be looked at, in milliseconds: seldom if changes can be heard. */
  everyMs = unheardMs;
  #wanted: MonitorSpec | undefined;
  #stretch = new AbortController();
  #begunAt = 0;
  #told = '';

  constructor(listening: Listening) {
    this.#listening = listening;
    listening.signal.addEventListener('abort', () => this.#stretch.abort(), { once: true });
  }

  /** A look has shown what there is to listen to. */
  hearOf({ spec, state }: HostPlan): void {
    const wanted: MonitorSpec = {
      namespaces: (spec?.guests ?? []).filter(({ kind }) => kind === 'netns').map(({ name }) => name),
      bridges: (spec?.overlay?.bridges ?? []).map(({ name }) => name),
      overlay: state.ovs !== undefined,
    };
    const isDeaf = this.everyMs === halfHeardMs && Date.now() - this.#begunAt > halfHeardMs;
    if (!isDeaf && this.#wanted !== undefined && sameJson({ ...wanted }, { ...this.#wanted })) return;
    this.#wanted = wanted;
    this.#stretch.abort();
  }

  async run(): Promise<void> {
    const { signal, host } = this.#listening;
    // Nothing announces changes inside a file.
    if (host.connect.kind === 'sim') return;
    while (!signal.aborted) {
      if (this.#wanted) await this.#listen(this.#wanted);
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
  }

  async #listen(spec: MonitorSpec): Promise<void> {
    const { fleet, host, onChange } = this.#listening;
    this.#stretch = new AbortController();
    this.#begunAt = Date.now();
    const request = {
      place: { in: 'host' },
      program: { name: 'probe', role: 'changes', spec },
      timeoutMs: stretchMs,
    } as const;
    const { signal } = this.#stretch;
    const hear = (line: string) => this.#hear(line);
    const [heard] = await fleet.onEach((site) => site.measure(request, hear, signal), [host]);
    if (this.#stretch.signal.aborted) return;
    // Something may have changed since the last message.
    onChange();
    await this.#deafened(heard?.value);
  }

  /** Nothing can be heard there now: the host is looked at instead, until it can be listened to again. */
  async #deafened(measured: Measured | undefined): Promise<void> {
    this.everyMs = unheardMs;
    if (measured?.kind === 'refused') {
      const [why] = measured.findings;
      this.#tell(`looked at every second: ${why?.message ?? 'it cannot be listened to'}`);
    }
    for (let ms = 0; ms < halfHeardMs && !this.#stretch.signal.aborted; ms += tickMs) {
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
  }

  #hear(line: string): void {
    const { listening, deaf, changed } = heardIn(line);
    if (deaf) this.everyMs = deaf.length > 0 ? halfHeardMs : Number.POSITIVE_INFINITY;
    if (deaf && deaf.length > 0)
      this.#tell(`looked at every 5 s besides, because nothing tells of ${deaf.join(', ')}`);
    if (listening && deaf?.length === 0) this.#tell(`listening to ${listening.join(', ')}`);
    if (changed || listening) this.#listening.onChange();
  }

  #tell(line: string): void {
    if (line !== this.#told) this.#listening.tell(line);
    this.#told = line;
  }
}

interface Heard {
  readonly listening?: readonly string[];
  readonly deaf?: readonly string[];
  readonly changed?: readonly string[];
}

/** Any other output, such as that of a login script, is not a change. */
export function heardIn(line: string): Heard {
  try {
    const value = JSON.parse(line) as { readonly [key: string]: unknown } | null;
    const names = (key: keyof Heard) => {
      const list = value?.[key];
      return Array.isArray(list) ? { [key]: list.map(String) } : {};
    };
    return { ...names('listening'), ...names('deaf'), ...names('changed') };
  } catch {
    return {};
  }
}
