import { fabricPage } from './manual-file.ts';
import { findingsPage } from './manual-findings.ts';
import { programPage } from './manual-program.ts';
import type { ManualTable } from './manual-table.ts';
import { verbPage } from './manual-verb.ts';
import { roffWord } from './roff.ts';
import type { Verb } from './verb.ts';

/** A page of the manual, in roff. */
export interface ManualPage {
  /** Its file name: `vflane-plan.1`. */
  readonly file: string;
  readonly text: string;
}

/** The whole manual: the program, every visible verb, the file, the findings. */
export function manualPages(table: ManualTable): readonly ManualPage[] {
  const verbs = table.verbs.filter((verb) => verb.hidden !== true);
  const page = (name: string, number: number, about: string, lines: readonly string[]): ManualPage => ({
    file: `${name}.${number}`,
    text: [...title(name, number, about, table.version), ...lines, ''].join('\n'),
  });
  return [
    page('vflane', 1, programPage.about, programPage.lines({ ...table, verbs })),
    ...verbs.map((verb) => page(pageOf(verb), 1, verb.summary, verbPage(verb, table.everywhere))),
    page('fabric.yaml', 5, fabricPage.about, fabricPage.lines()),
    page('vflane-findings', 7, findingsPage.about, findingsPage.lines()),
  ];
}

/** `vflane-sim-exec` of `sim exec`. */
function pageOf({ name }: Verb): string {
  return `vflane-${name.replaceAll(' ', '-')}`;
}

/** Without a date, because the same text is the same page. */
function title(name: string, number: number, about: string, version: string): readonly string[] {
  const head = [
    '.TH',
    roffWord(name.toUpperCase()),
    `${number}`,
    '""',
    roffWord(`vflane ${version}`),
    '"vflane"',
  ];
  // What apropos(1) indexes is one line, without a dot at its end.
  return [head.join(' '), '.SH NAME', `${plain(name)} \\- ${plain(about)}`];
}

function plain(text: string): string {
  return roffWord(text.replaceAll('`', '')).slice(1, -1);
}
