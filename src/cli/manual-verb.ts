import { exitCodeTexts } from './exit-codes.ts';
import { entry, example, roffLiteral, roffProse, section } from './roff.ts';
import type { Verb, VerbArgument, VerbOption } from './verb.ts';

/** The page of one verb. */
export function verbPage(verb: Verb, everywhere: readonly VerbOption[]): readonly string[] {
  return [
    ...section('SYNOPSIS', synopsis(verb)),
    ...section('DESCRIPTION', roffProse(`${verb.summary}.`)),
    ...section('ARGUMENTS', ...verb.arguments.flatMap(argumentEntry)),
    ...section('OPTIONS', ...verb.options.flatMap(optionEntry)),
    ...section('OPTIONS OF EVERY VERB', ...everywhere.flatMap(optionEntry)),
    ...section('EXAMPLE', ...example(verb.example)),
    ...exitSection(),
    ...section('SEE ALSO', '.BR vflane (1),', '.BR fabric.yaml (5),', '.BR vflane\\-findings (7)'),
  ];
}

function synopsis({ name, options, arguments: args }: Verb): string {
  const rest = [...(options.length > 0 ? ['[options]'] : []), ...args.map(({ form }) => form)];
  return [`\\fBvflane ${roffLiteral(name)}\\fR`, ...rest.map((word) => `\\fI${roffLiteral(word)}\\fR`)].join(
    ' ',
  );
}

function argumentEntry({ form, summary, choices }: VerbArgument): readonly string[] {
  return entry(`\\fI${roffLiteral(form)}\\fR`, roffProse(sentence(summary)), ...choiceLines(choices));
}

/** `-o, --out <file>`: what is typed is bold, what stands for something is not. */
export function optionEntry(option: VerbOption): readonly string[] {
  const { form, summary, choices, default: usual, repeatable } = option;
  const [, words = form, value = ''] = /^(.*?)(\s[<[].*)?$/.exec(form) ?? [];
  const term = `\\fB${roffLiteral(words)}\\fR${value === '' ? '' : `\\fI${roffLiteral(value)}\\fR`}`;
  return entry(
    term,
    roffProse(sentence(summary)),
    ...choiceLines(choices),
    ...(typeof usual === 'string' ? [roffProse(`Unless given, \`${usual}\`.`)] : []),
    ...(repeatable && !summary.includes('again') ? ['May be given again.'] : []),
  );
}

function choiceLines(choices: readonly string[] = []): readonly string[] {
  return choices.length === 0 ? [] : [roffProse(`One of ${choices.map((one) => `\`${one}\``).join(', ')}.`)];
}

/** Summaries begin with a small letter and end without a dot, as in the help. */
function sentence(text: string): string {
  const first = /^`/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

export function exitSection(): readonly string[] {
  return section(
    'EXIT STATUS',
    ...exitCodeTexts.flatMap(([code, text]) => entry(`\\fB${code}\\fR`, roffProse(sentence(text)))),
    '.PP',
    'Where several hosts end differently, it is the first earned of 6, 1, 5, 8, 7, 4, 9, 2 and 0.',
  );
}
