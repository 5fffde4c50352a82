import type { Action, Plan, Step } from '../model/plan.ts';
import { titleAndRest } from './title.ts';
import { inWords } from './words.ts';

/** How many lines of one batch, or writes of one step, are shown before the rest is only counted. */
const linesShown = 8;

export interface PrintOptions {
  /** Every command, however many. */
  readonly full: boolean;
}

/** A plan as text, line by line: what is done and why, with the exact commands. */
export function printPlan(plan: Plan, { full }: PrintOptions): readonly string[] {
  if (plan.steps.length === 0) return [`${plan.host}: ${isRefused(plan) ? 'no plan' : 'nothing to do'}`];
  const count = plan.steps.length === 1 ? '1 step' : `${plan.steps.length} steps`;
  const width = `${plan.steps.length}`.length;
  return [
    `${plan.host}: ${count}`,
    ...plan.steps.flatMap((step, place) => printStep(step, `${place + 1}`.padStart(width), full)),
  ];
}

function isRefused({ findings }: Plan): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function printStep(step: Step, number: string, full: boolean): readonly string[] {
  const indent = ' '.repeat(number.length + 4);
  const whom = step.for.length === 0 ? '' : `  (${some(step.for, full)})`;
  const commands = step.actions.flatMap((action) => printAction(action));
  const [title, rest] = titleAndRest(step.why);
  return [
    `  ${number}. ${title}${whom}`,
    ...(rest === undefined ? [] : [`${indent}${rest}`]),
    ...(step.disrupts.length === 0 ? [] : [`${indent}interrupts ${step.disrupts.join(', ')}`]),
    ...shortened(commands, full).map((line) => `${indent}${line}`),
  ];
}

function printAction(action: Action): readonly string[] {
  if ('write' in action)
    return action.secret ? hidden(action) : printWrite(inWords(action.write), inWords(action.text));
  const command = action.run.map((word) => shellWord(inWords(word))).join(' ');
  return [command, ...(action.stdin === undefined ? [] : indented(inWords(action.stdin)))];
}

/** A plan is pasted into tickets and kept in logs. */
function hidden({ write, text }: Extract<Action, { write: unknown }>): readonly string[] {
  const count = inWords(text).trimEnd().split('\n').length;
  return [`cat > ${inWords(write)}`, `    (${count === 1 ? '1 line' : `${count} lines`}, not shown)`];
}

/** A file of several lines is shown like a command's input. */
function printWrite(path: string, text: string): readonly string[] {
  const isWhole = text.trimEnd().includes('\n');
  return isWhole ? [`cat > ${path}`, ...indented(text)] : [`echo ${echoed(text)} > ${path}`];
}

function indented(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`);
}

function echoed(text: string): string {
  return text === '\n' ? "''" : shellWord(text);
}

/** Only for reading: a plan is never run by joining words. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./<> -]+$/.test(word) && !/\s/.test(word.replace(/<[^>]*>/g, '')) ? word : `'${word}'`;
}

function shortened(lines: readonly string[], full: boolean): readonly string[] {
  if (full || lines.length <= linesShown + 1) return lines;
  return [...lines.slice(0, linesShown), `… and ${lines.length - linesShown} more (--full shows them)`];
}

function some(names: readonly string[], full: boolean): string {
  if (full || names.length <= linesShown) return names.join(', ');
  return `${names.slice(0, linesShown).join(', ')} and ${names.length - linesShown} more`;
}
