import { hintFor } from '../apply/known-words.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome, StepFailure } from '../model/outcome.ts';
import { whatDiffers, words } from '../plan/apart.ts';
import { exitCodes } from './exit-codes.ts';

/** The exit code that one host's outcome earns. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'applied':
    case 'nothing-to-do':
      return exitCodes.asAsked;
    case 'failed':
    case 'error':
    case 'interrupted':
      return exitCodes.failed;
    case 'rolled-back':
      return outcome.failure ? exitCodes.rolledBack : exitCodes.asAsked;
    case 'rollback-incomplete':
      return exitCodes.rollbackIncomplete;
    case 'stale':
    case 'locked':
      return exitCodes.lockedOrStale;
    case 'refused':
      return exitCodes.preconditionsNotMet;
    case 'unreachable':
      return exitCodes.unreachable;
  }
}

/** What an operator has to know about an outcome; empty if all is well. */
export function outcomeFindings(host: string, outcome: Outcome): readonly Finding[] {
  switch (outcome.kind) {
    case 'applied':
    case 'nothing-to-do':
      return [];
    case 'failed':
      return [failed('VF3022', host, outcome.failure, 'nothing was begun')];
    case 'rolled-back':
      return outcome.failure ? [failed('VF3020', host, outcome.failure, 'all of it was taken back')] : [];
    case 'rollback-incomplete':
      return incomplete(host, outcome);
    case 'refused':
      return outcome.findings;
    case 'interrupted':
      return [
        finding(
          'VF3023',
          { host },
          `${host}: stopped after ${outcome.stepsDone} steps`,
          'Go on with `vflane resume`, or back with `vflane rollback`.',
        ),
      ];
    case 'error':
      return [finding(outcome.code ?? 'VF4004', { host }, outcome.message, outcome.hint)];
    default:
      return [finding(codes[outcome.kind], { host }, outcome.message, outcome.hint)];
  }
}

const codes = { stale: 'VF3012', locked: 'VF4002', unreachable: 'VF4001' } as const;

function failed(code: string, host: string, failure: StepFailure, ending: string): Finding {
  const where = { host, at: `${failure.resource} ${failure.at}` };
  return finding(
    code,
    where,
    `${host}: step ${failure.n + 1} failed: ${messageOf(failure)}${kernelText(failure)}; ${ending}`,
    failure.hint,
  );
}

function messageOf({ message, unmet }: StepFailure): string {
  const news = unmet.filter(({ wanted }) => !message.includes(wanted));
  const seen = news
    .slice(0, 3)
    .map(({ wanted, saw }) => `wanted ${shortened(wanted)}, saw ${shortened(saw)}`);
  return [message, ...seen].join('; ');
}

/** The last of what the kernel logged meanwhile, and what it means. */
function kernelText({ kernel = [] }: StepFailure): string {
  const last = kernel.at(-1);
  if (last === undefined) return '';
  const others = kernel.length > 1 ? ` (${kernel.length} lines in all)` : '';
  return `; the kernel said meanwhile: ${shortened(last.line)}${others}${last.means === undefined ? '' : `: ${last.means}`}`;
}

const longest = 300;

/** A bridge's flows fill pages; --json has all of them. */
function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}… (--json has all of it)` : text;
}

function incomplete(host: string, outcome: Outcome & { kind: 'rollback-incomplete' }): readonly Finding[] {
  const { failure, residue, undoFailures, rebooted } = outcome;
  const why = failure
    ? `step ${failure.n + 1} failed (${messageOf(failure)}${kernelText(failure)}), and `
    : '';
  const remains = residue.map(({ resource, at, from, to }) => {
    const [was, is] = whatDiffers(from, to).map(words);
    return `${resource} ${at} was ${was} and is ${is}`;
  });
  if (rebooted) {
    const what = `${host}: the host has restarted since the plan ${outcome.planId}, which is closed; not as before it: ${remains.join('; ')}`;
    return [
      finding(
        'VF3021',
        { host },
        what,
        'Say `vflane apply`: it looks anew, and brings the host to the file.',
      ),
    ];
  }
  const tried = undoFailures.flatMap(({ messages }) => messages).slice(0, 3);
  const message = `${host}: ${why}this remains: ${remains.join('; ')}${tried.length > 0 ? ` (${tried.join('; ')})` : ''}`;
  const usual =
    'Free what is in use or mend what the messages name, then say `vflane plan`, `vflane undo` or `vflane destroy`.';
  const known = hintFor([...tried, ...(failure ? [failure.message] : [])].join('; '));
  return [finding('VF3021', { host }, message, known === undefined ? usual : `${known} ${usual}`)];
}
