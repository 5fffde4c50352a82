import type { OnEvent } from '../apply/event.ts';
import type { Fold } from '../apply/fold.ts';
import type { HostReader } from '../host/host.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import type { BootProgram } from './boot-program.ts';
import type { Measured, MeasureRequest, OnLine } from './measure-request.ts';

/** A host as an operator reaches it: it can be looked at, its journal can be read, and it can be asked to carry something out. */
export interface Site {
  readonly name: string;
  readonly reader: HostReader;
  /** @throws StoreDamaged, JournalUnreadable */
  fold(): Promise<Fold>;
  /** How the host can start vflane by itself. */
  program(): Promise<BootProgram>;
  /** A plan of its history. */
  plan(id: string): Promise<Plan | undefined>;
  /**
   * Unless another vflane is at work, keeps others off until something has been carried out or the site is closed: a plan that is
   * made and carried out at once then needs no second look.
   */
  hold(): Promise<void>;
  /** Runs on the host: a cut line neither stops nor breaks it. */
  carryOut(request: Request, onEvent: OnEvent): Promise<Outcome>;
  /** Runs one measuring program on the host; it is ended when `signal` is aborted, or the line is cut. */
  measure(request: MeasureRequest, onLine: OnLine, signal?: AbortSignal): Promise<Measured>;
  close(): Promise<void>;
}

/** What a host can be asked to carry out: plain data, it crosses the line. */
export type Request =
  | {
      readonly do: 'apply';
      readonly plan: Plan;
      readonly planId: string;
      readonly verb: string;
      readonly confirmWithinMs?: number;
    }
  | { readonly do: 'resume' }
  /** `planId`: only that plan, and only if its time has run out; `undefined`: whichever waits. */
  | { readonly do: 'rollback'; readonly planId?: string }
  /** After a start of the host: closes whatever was not finished, or not confirmed, before; nothing of it is kept. */
  | { readonly do: 'settle' }
  | { readonly do: 'confirm' };
