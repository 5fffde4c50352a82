import { globalOptions, type Verb, type VerbOption, verbs } from './verbs.ts';

const shown = verbs.filter((verb) => verb.hidden !== true);

/** The completion script of a shell, for `source <(vflane completion bash)` and the like. */
export function scriptFor(shell: string): string {
  if (shell === 'fish') return fish();
  const bash = bashScript();
  // zsh reads bash's completions itself; one script less to keep right.
  return shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${bash}` : bash;
}

/** What may follow each beginning of a command line: '' → verbs, 'sim' → its verbs, 'validate' → its options. */
function followers(): ReadonlyMap<string, readonly string[]> {
  const words = new Map<string, string[]>([['', ['help']]]);
  const add = (after: string, word: string) => {
    const known = words.get(after) ?? [];
    if (!known.includes(word)) words.set(after, [...known, word]);
  };
  for (const verb of shown) {
    const [first = '', second] = verb.name.split(' ');
    add('', first);
    if (second !== undefined) add(first, second);
    for (const word of wordsOf(verb)) add(verb.name, word);
  }
  return words;
}

function wordsOf(verb: Verb): readonly string[] {
  const choices = verb.arguments.flatMap((argument) => argument.choices ?? []);
  return [...choices, ...verb.options.map(longForm), ...globalOptions.map(longForm), '--help'];
}

function longForm(option: VerbOption): string {
  return /--[a-z-]+/.exec(option.form)?.[0] ?? '';
}

function bashScript(): string {
  const cases = [...followers()].map(([after, words]) => `    '${after}') words='${words.join(' ')}' ;;`);
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

function fish(): string {
  const lines = shown.flatMap((verb) => {
    const [first = '', second] = verb.name.split(' ');
    const about = `-d '${verb.summary.replaceAll("'", '’')}'`;
    const at = second === undefined ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${first}`;
    const choices = wordsOf(verb).filter((word) => !word.startsWith('-'));
    const seen = `__fish_seen_subcommand_from ${second ?? first}`;
    return [
      `complete -c vflane -f -n '${at}' -a ${second ?? first} ${about}`,
      ...choices.map((word) => `complete -c vflane -f -n '${seen}' -a ${word}`),
      ...verb.options.map((option) => `complete -c vflane -n '${seen}' ${fishOption(option)}`),
    ];
  });
  const groups = [...new Set(shown.flatMap((verb) => verb.name.split(' ').slice(0, -1)))];
  const names = groups.map((group) => `complete -c vflane -f -n '__fish_use_subcommand' -a ${group}`);
  return [
    ...names,
    ...lines,
    ...globalOptions.map((option) => `complete -c vflane ${fishOption(option)}`),
  ].join('\n');
}

function fishOption(option: VerbOption): string {
  const short = /^-([a-zA-Z]),/.exec(option.form)?.[1];
  const takes = /[<[]/.test(option.form) ? ' -r' : '';
  return `${short ? `-s ${short} ` : ''}-l ${longForm(option).slice(2)}${takes} -d '${option.summary.replaceAll("'", '’')}'`;
}
