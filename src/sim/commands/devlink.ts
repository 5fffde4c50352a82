import { Failure } from '../errno.ts';
import { setEswitchMode } from '../eswitch.ts';
import { firmwareOf, psid } from '../firmware.ts';
import type { Pf } from '../state.ts';
import { setParam, showParams } from './devlink-params.ts';
import { showPorts } from './devlink-ports.ts';
import {
  asRoot,
  type DevlinkCall,
  deviceOf,
  devices,
  handle,
  handleWord,
  options,
  section,
  tell,
} from './devlink-words.ts';
import { type Program, type Reply, said, silent, telling } from './program.ts';

/** `devlink` (devlink/devlink.c): with `-j` it always prints a line on stdout. */
export const devlink: Program = ({ argv, state }) => {
  const flags = argv.slice(1).filter((word) => word.startsWith('-'));
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  if (flags.includes('-V')) return said('devlink utility, iproute2-6.15.0\n');
  const json = flags.some((flag) => flag === '--json' || /^-[a-z]*j/.test(flag));
  const pretty = flags.some((flag) => flag === '--pretty' || /^-[a-z]*p/.test(flag));
  const reply = telling(tell, () => main({ state, json, pretty, words }));
  return json && reply.stdout === '' ? { ...reply, stdout: '\n' } : reply;
};

type Verb = (call: DevlinkCall) => Reply;
interface Menu {
  readonly [word: string]: Verb | Menu;
}

const menu: Menu = {
  dev: {
    show: showDevices,
    eswitch: { set: setEswitch, show: showEswitch },
    param: { set: setParam, show: showParams },
    info: showInfo,
  },
  port: { show: showPorts },
};

function main(call: DevlinkCall): Reply {
  return chosen(call, menu, 'Object');
}

/** A word may be abbreviated; without one, it shows what there is. */
function chosen(call: DevlinkCall, from: Menu, what: 'Object' | 'Command'): Reply {
  const [word = 'show', ...words] = call.words;
  const key = word === '' ? undefined : Object.keys(from).find((one) => one.startsWith(word));
  const found = key === undefined ? undefined : from[key];
  if (found === undefined) throw new Failure(1, `${what} "${word}" not found\n`);
  const rest = { ...call, words };
  return typeof found === 'function' ? found(rest) : chosen(rest, found, 'Command');
}

function oneOrAll(call: DevlinkCall): () => readonly Pf[] {
  const [word, ...rest] = call.words;
  const wanted = word === undefined ? undefined : handleWord(word);
  options(rest, []);
  return () => (wanted === undefined ? devices(call.state) : [deviceOf(call.state, wanted)]);
}

function showDevices(call: DevlinkCall): Reply {
  const found = oneOrAll(call);
  return section(call, 'dev', () => found().map((pf) => [handle(pf), {}, `${handle(pf)}\n`]));
}

function showEswitch(call: DevlinkCall): Reply {
  const word = handleWord(call.words[0]);
  options(call.words.slice(1), []);
  return section(call, 'dev', () => {
    asRoot(call);
    const pf = deviceOf(call.state, word);
    const shown = { mode: pf.eswitch, 'inline-mode': 'none', 'encap-mode': 'basic' };
    const text = Object.entries(shown).map(([key, value]) => `${key} ${value}`);
    return [[handle(pf), shown, `${handle(pf)}: ${text.join(' ')}\n`]];
  });
}

const modes = ['legacy', 'switchdev'] as const;

/** Only the mode of an eswitch can be set here. */
function setEswitch(call: DevlinkCall): Reply {
  const word = handleWord(call.words[0]);
  const given = options(call.words.slice(1), ['mode']).get('mode');
  if (given === undefined) throw new Failure(1, 'Need to set at least one option\n');
  const mode = modes.find((one) => one === given);
  if (mode === undefined) throw new Failure(1, `Unknown eswitch mode "${given}"\n`);
  asRoot(call);
  setEswitchMode(call.state, deviceOf(call.state, word), mode);
  return silent;
}

function showInfo(call: DevlinkCall): Reply {
  const found = oneOrAll(call);
  const { running, flashed } = firmwareOf(call.state);
  const version = (fw: string) => ({ 'fw.version': fw, fw });
  const info = {
    driver: 'mlx5_core',
    versions: { fixed: { 'fw.psid': psid }, running: version(running), stored: version(flashed) },
  };
  return section(call, 'info', () => found().map((pf) => [handle(pf), info, infoText(pf, running, flashed)]));
}

function infoText(pf: Pf, running: string, stored: string): string {
  const versions = (fw: string) => `fw.version ${fw}\n        fw ${fw}`;
  return `${handle(pf)}:\n  driver mlx5_core\n  versions:\n      fixed:\n        fw.psid ${psid}\n      running:\n        ${versions(running)}\n      stored:\n        ${versions(stored)}\n`;
}
