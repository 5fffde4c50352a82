import type { Verb, VerbOption } from './verb.ts';

interface Table {
  readonly verbs: readonly Verb[];
  /** Options that every verb takes. */
  readonly everywhere: readonly VerbOption[];
}

/** The completion script of a shell, for `source <(vflane completion bash)` and the like. */
export function scriptFor(shell: string, verbs: readonly Verb[], everywhere: readonly VerbOption[]): string {
  const table: Table = { verbs: verbs.filter((verb) => verb.hidden !== true), everywhere };
  if (shell === 'fish') return fishScript(table);
  return shell === 'zsh' ? zshScript(table) : bashScript(table);
}

/** What may follow each start of a command line: '' → verbs, 'sim' → its verbs, 'validate' → its options. */
function followers(table: Table): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, Set<string>>([['', new Set(['help'])]]);
  const add = (after: string, word: string) => {
    const known = words.get(after) ?? new Set();
    words.set(after, known.add(word));
  };
  for (const verb of table.verbs) {
    const [first = '', second] = verb.name.split(' ');
    add('', first);
    if (second !== undefined) add(first, second);
    for (const word of [...choicesOf(verb), ...longForms(verb, table), '--help']) add(verb.name, word);
  }
  return new Map([...words].map(([after, some]) => [after, [...some]]));
}

function choicesOf(verb: Verb): readonly string[] {
  return verb.arguments.flatMap((argument) => argument.choices ?? []);
}

function longForms(verb: Verb, { everywhere }: Table): readonly string[] {
  return [...verb.options, ...everywhere].map(longForm);
}

function longForm(option: VerbOption): string {
  return /--[a-z-]+/.exec(option.form)?.[0] ?? '';
}

function bashScript(table: Table): string {
  const cases = [...followers(table)].map(
    ([after, words]) => `    '${after}') words='${words.join(' ')}' ;;`,
  );
  return `_vflane() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" after="" words="" i
  case "$before" in
    -f|--file) COMPREPLY=($(compgen -f -- "$word")); return ;;
    --color) COMPREPLY=($(compgen -W 'always auto never' -- "$word")); return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      -f|--file|--host|--color) i=$((i + 1)) ;;
      -*) ;;
      *) after="\${after:+$after }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$after" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _vflane vflane`;
}

/** If the file is in a folder of $fpath, zsh calls it itself; if it is sourced, it has to register the function. */
function zshScript(table: Table): string {
  const about = aboutWords(table);
  const cases = [...followers(table)].map(([after, words]) => {
    const told = words.map((word) => `'${word}:${zshText(about.get(`${after} ${word}`.trim()) ?? '')}'`);
    return `    '${after}') follow=(${told.join(' ')}) ;;`;
  });
  return `#compdef vflane
_vflane() {
  local after="" i
  local -a follow
  case "\${words[CURRENT-1]}" in
    -f|--file) _files; return ;;
    --color) compadd always auto never; return ;;
  esac
  for ((i = 2; i < CURRENT; i++)); do
    case "\${words[i]}" in
      -f|--file|--host|--color) i=$((i + 1)) ;;
      -*) ;;
      *) after="\${after:+$after }\${words[i]}" ;;
    esac
  done
  case "$after" in
${cases.join('\n')}
  esac
  if (( $#follow )); then _describe -o 'vflane' follow; else _files; fi
}
if [ "$funcstack[1]" = _vflane ]; then _vflane "$@"; else compdef _vflane vflane; fi`;
}

/** What each word of a command line means, by all words before it and itself. */
function aboutWords(table: Table): ReadonlyMap<string, string> {
  return new Map(
    table.verbs.flatMap((verb) => [
      [verb.name, verb.summary] as const,
      ...[...verb.options, ...table.everywhere].map(
        (option) => [`${verb.name} ${longForm(option)}`, option.summary] as const,
      ),
    ]),
  );
}

/** Escapes for single quotes, after the colon that ends a word. */
function zshText(text: string): string {
  return fishText(text).replaceAll('\\', '').replaceAll(':', '\\:');
}

function fishScript({ verbs, everywhere }: Table): string {
  const groups = new Set(verbs.flatMap((verb) => verb.name.split(' ').slice(0, -1)));
  return [
    ...[...groups].map((group) => `complete -c vflane -f -n __fish_use_subcommand -a ${group}`),
    ...verbs.flatMap(fishVerb),
    ...everywhere.map((option) => `complete -c vflane ${fishOption(option)}`),
  ].join('\n');
}

function fishVerb(verb: Verb): readonly string[] {
  const [first = '', second] = verb.name.split(' ');
  const at = second === undefined ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${first}`;
  const seen = [first, second].flatMap((word) => (word ? [`__fish_seen_subcommand_from ${word}`] : []));
  const behind = `complete -c vflane -n '${seen.join('; and ')}'`;
  return [
    `complete -c vflane -f -n '${at}' -a ${second ?? first} -d '${fishText(verb.summary)}'`,
    ...choicesOf(verb).map((choice) => `${behind} -f -a ${choice}`),
    ...verb.options.map((option) => `${behind} ${fishOption(option)}`),
  ];
}

function fishOption(option: VerbOption): string {
  const short = /^-([a-zA-Z]),/.exec(option.form)?.[1];
  const takes = /[<[]/.test(option.form) ? ' -r' : '';
  const choices = option.choices ? ` -a '${option.choices.join(' ')}'` : '';
  return `${short ? `-s ${short} ` : ''}-l ${longForm(option).slice(2)}${takes}${choices} -d '${fishText(option.summary)}'`;
}

function fishText(text: string): string {
  return text.replaceAll("'", '’');
}
