import { aptGet, ip, ovsVsctl, type ReadForms, readForms } from './read-forms.ts';

const noOption = /^[^-]/s;
const neverMatches = /^(?!)/;

const special: ReadonlyMap<string, (words: readonly string[]) => boolean> = new Map([
  ['ip', (words) => matches(ip, words) || insideNamespace(words)],
  ['apt-get', ([first, ...words]) => first === '-s' && matches(aptGet, words)],
  [
    'ovs-vsctl',
    (words) => words.length > 0 && transaction(words).every((command) => matches(ovsVsctl, command)),
  ],
  // libvirt itself refuses every change on a read-only connection.
  ['virsh', (words) => words.some((word) => word === '-r' || word === '--readonly') && known('virsh', words)],
]);

/** Whether this command is known only to read. An unknown one is not read-only. */
export function isReadOnly(argv: readonly string[]): boolean {
  const [program, ...words] = argv;
  if (program === undefined || argv.some((word) => word.includes('\0'))) return false;
  if (words.length === 1 && /^(--version|-V)$/.test(words[0] ?? ''))
    return readForms.has(program) || special.has(program);
  return (special.get(program) ?? ((rest) => known(program, rest)))(words);
}

function known(program: string, words: readonly string[]): boolean {
  const forms = readForms.get(program);
  return forms !== undefined && matches(forms, words);
}

function matches(forms: ReadForms, words: readonly string[]): boolean {
  const rest = afterOptions(forms, words);
  return (
    rest?.every((word) => word !== '') === true &&
    forms.commands.some((command) => isCommand(command, rest, forms.args))
  );
}

function isCommand(command: string, words: readonly string[], args: RegExp = noOption): boolean {
  const open = command.endsWith('…');
  const fixed = (open ? command.slice(0, -1) : command).split(' ').filter((word) => word !== '');
  const rest = words.slice(fixed.length);
  const sameStart = fixed.every((word, at) => words[at] === word);
  return sameStart && (open ? rest.every((word) => args.test(word)) : rest.length === 0);
}

/** The words from the command on; undefined if an option before it is not known to be harmless. */
function afterOptions(forms: ReadForms, words: readonly string[]): readonly string[] | undefined {
  let at = 0;
  for (let word = words[at]; word?.startsWith('-'); word = words[at]) {
    if ((forms.flags ?? neverMatches).test(word)) at += 1;
    else if ((forms.valued ?? neverMatches).test(word) && noOption.test(words[at + 1] ?? '-')) at += 2;
    else return undefined;
  }
  return words.slice(at);
}

function insideNamespace(words: readonly string[]): boolean {
  const [netns, exec, name, ...command] = words;
  return netns === 'netns' && exec === 'exec' && noOption.test(name ?? '-') && isReadOnly(command);
}

/** The commands of one `ovs-vsctl`, separated by `--`; a leading `--` only ends the options. */
function transaction(words: readonly string[]): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  for (const word of words) {
    if (word === '--') commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.filter((command, at) => command.length > 0 || at > 0);
}
