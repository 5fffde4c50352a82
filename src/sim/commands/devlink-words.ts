import { Failure, Refusal } from '../errno.ts';
import { cardOf } from '../functions.ts';
import { findNetdev } from '../netdevs.ts';
import type { Pf, SimState } from '../state.ts';
import { because, failed, type Reply, said, telling } from './program.ts';

/** A call of devlink: `words` are those after its object and command. */
export interface DevlinkCall {
  readonly state: SimState;
  readonly json: boolean;
  readonly pretty: boolean;
  readonly words: readonly string[];
}

const expected = 'Devlink identification ("bus_name/dev_name") expected\n';
const malformed = new Failure(1, `Wrong identification string format.\n${expected}`);

/** dl_argv_handle: needs one slash; the kernel checks later whether the device exists. */
export function handleWord(word: string | undefined): string {
  if (word === undefined) throw new Failure(1, expected);
  if (word.split('/').length !== 2) throw malformed;
  return word;
}

/** dl_argv_handle_both: a device, one of its ports, or the netdev of one. */
export function portWord({ state }: DevlinkCall, word: string): string {
  const parts = word.split('/');
  if (parts.length === 1) return netdevWord(state, word);
  if (parts.length > 3) {
    const how = 'Expected "bus_name/dev_name/port_index" or "netdev_ifname".\n';
    throw new Failure(1, `Wrong port identification string format.\n${how}`);
  }
  const [, , index] = parts;
  if (index !== undefined && !/^\d+$/.test(index))
    throw new Failure(1, `Port index "${index}" is not a number or not within range\n`);
  return word;
}

function netdevWord(state: SimState, name: string): string {
  const netdev = findNetdev(state, '', name);
  if (!netdev) throw new Failure(1, `RTNETLINK answers: No such device\n${malformed.message}`);
  if (netdev.kind !== 'pf' && netdev.kind !== 'representor') throw malformed;
  return name;
}

/** `KEY VALUE` after the handle; the last of a key counts. Throws on any other key or a missing value. */
export function options(words: readonly string[], keys: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const [key = '', value] = [words[at], words[at + 1]];
    if (!keys.includes(key)) throw new Failure(1, `Unknown option "${key}"\n`);
    if (value === undefined) throw new Failure(1, 'String parameter expected\n');
    found.set(key, value);
  }
  return found;
}

export function devices(state: SimState): readonly Pf[] {
  return cardOf(state).switchdev ? state.pfs.filter((pf) => pf.driver !== '') : [];
}

export function handle(pf: Pf): string {
  return `pci/${pf.pci}`;
}

/** The device of this handle. @throws Refusal ENODEV */
export function deviceOf(state: SimState, word: string): Pf {
  const pf = devices(state).find((one) => handle(one) === word);
  if (!pf) throw new Refusal('ENODEV');
  return pf;
}

/** Refuses commands that only root may use (GENL_ADMIN_PERM). */
export function asRoot({ state }: DevlinkCall): void {
  if (state.uid !== 0) throw new Refusal('EPERM');
}

/** Prints both extack's sentence and the errno's text (devlink/mnlg.c). */
export function tell(refusal: Refusal): Reply {
  const extack = refusal.extack ? `Error: ${refusal.extack}.\n` : '';
  return failed(1, `${extack}kernel answers: ${because(refusal)}\n`);
}

/** Each thing's record and text. */
export type Shown = readonly (readonly [handle: string, record: unknown, text: string])[];

/** Prints the kernel's answer; as JSON in an object of this name, which is empty if the kernel refuses. */
export function section(call: DevlinkCall, name: string, look: () => Shown): Reply {
  const { json, pretty } = call;
  const print = (shown: Shown) => {
    const records = { [name]: Object.fromEntries(shown.map(([key, record]) => [key, record])) };
    return `${pretty ? JSON.stringify(records, null, 4) : JSON.stringify(records)}\n`;
  };
  const reply = telling(tell, () => {
    const shown = look();
    return said(json ? print(shown) : shown.map(([, , text]) => text).join(''));
  });
  return reply.code !== 0 && json ? { ...reply, stdout: print([]) } : reply;
}
