import { bootId } from '../macs.ts';
import type { SimState } from '../state.ts';
import type { JournalEntry } from '../systemd/state.ts';
import { fullName } from '../systemd/unit-name.ts';
import { failed, type Program, said } from './program.ts';

interface Asked {
  units: string[];
  boot: string | undefined;
  output: string;
  last: number;
  quiet: boolean;
}

/** `journalctl [-u UNIT]… [-b] [-o short|cat|json] [-n N]`. */
export const journalctl: Program = ({ state, argv }) => {
  const asked: Asked = {
    units: [],
    boot: undefined,
    output: 'short',
    last: Number.POSITIVE_INFINITY,
    quiet: false,
  };
  const words = argv.slice(1).flatMap((word) => /^(--[a-z-]+)=(.*)$/s.exec(word)?.slice(1) ?? [word]);
  for (let at = 0; at < words.length; at += 1) at += take(state, asked, words[at] ?? '', words[at + 1] ?? '');
  const form = Object.hasOwn(forms, asked.output) ? forms[asked.output] : undefined;
  if (!form) return failed(1, `Unknown output format '${asked.output}'.\n`);
  const found = state.systemd.journal
    .filter(({ unit }) => asked.units.length === 0 || asked.units.includes(unit))
    .filter(({ boot }) => asked.boot === undefined || boot === asked.boot)
    .slice(-asked.last || undefined);
  if (found.length === 0) return said(asked.quiet ? '' : '-- No entries --\n');
  return said(found.map((entry) => `${form(state, entry)}\n`).join(''));
};

/** Returns how many words after the option itself it took. */
function take(state: SimState, asked: Asked, word: string, next: string): number {
  if (word === '-u' || word === '--unit') asked.units.push(fullName(next));
  else if (word === '-o' || word === '--output') asked.output = next;
  else if (word === '-n' || word === '--lines') asked.last = Number(next) || asked.last;
  else {
    if (word === '-b' || word === '--boot') asked.boot = bootId(state);
    if (word === '-q' || word === '--quiet') asked.quiet = true;
    if (/^-n\d+$/.test(word)) asked.last = Number(word.slice(2));
    return word === '-b' && /^[+-]?\d+$/.test(next) ? 1 : 0;
  }
  return 1;
}

type Form = (state: SimState, entry: JournalEntry) => string;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function short(state: SimState, { at, by, pid, text }: JournalEntry): string {
  const date = new Date(at);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${months[date.getUTCMonth()]} ${day} ${date.toISOString().slice(11, 19)} ${state.name} ${by}[${pid}]: ${text}`;
}

function json(state: SimState, { at, boot, unit, by, pid, priority, text }: JournalEntry): string {
  return JSON.stringify({
    __REALTIME_TIMESTAMP: String(Math.round(at * 1000)),
    _BOOT_ID: boot.replaceAll('-', ''),
    _HOSTNAME: state.name,
    PRIORITY: String(priority),
    SYSLOG_IDENTIFIER: by,
    _PID: String(pid),
    ...(by === 'systemd' ? { UNIT: unit, _SYSTEMD_UNIT: 'init.scope' } : { _SYSTEMD_UNIT: unit }),
    MESSAGE: text,
  });
}

const forms: { readonly [form: string]: Form | undefined } = {
  short,
  'short-iso': short,
  cat: (_, { text }) => text,
  json,
};
