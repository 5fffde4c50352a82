import { Failure, Refusal } from '../errno.ts';
import { setPortMetadata } from '../eswitch.ts';
import type { Pf } from '../state.ts';
import {
  asRoot,
  type DevlinkCall,
  deviceOf,
  devices,
  handle,
  handleWord,
  options,
  section,
} from './devlink-words.ts';
import { type Reply, silent } from './program.ts';

const names = ['esw_multiport', 'esw_port_metadata'] as const;
type Name = (typeof names)[number];

/** The value of an eswitch parameter that takes effect at once; no others are simulated. */
function isOn(pf: Pf, name: Name): boolean {
  return name === 'esw_port_metadata' && pf.metadata;
}

function known(name: string): Name {
  const found = names.find((one) => one === name);
  if (found === undefined) throw new Refusal('EINVAL');
  return found;
}

/** `devlink dev param show [ DEV [ name PARAMETER ] ]` */
export function showParams(call: DevlinkCall): Reply {
  const [word, ...rest] = call.words;
  const wanted = word === undefined ? undefined : handleWord(word);
  const name = options(rest, ['name']).get('name');
  return section(call, 'param', () => {
    const found = wanted === undefined ? devices(call.state) : [deviceOf(call.state, wanted)];
    const shown = name === undefined ? names : [known(name)];
    return found.map((pf) => [
      handle(pf),
      shown.map((one) => record(pf, one)),
      `${handle(pf)}:\n${shown.map((one) => text(pf, one)).join('')}`,
    ]);
  });
}

function record(pf: Pf, name: Name) {
  return { name, type: 'driver-specific', values: [{ cmode: 'runtime', value: isOn(pf, name) }] };
}

function text(pf: Pf, name: Name): string {
  return `  name ${name} type driver-specific\n    values:\n      cmode runtime value ${isOn(pf, name)}\n`;
}

const missing = {
  name: 'Parameter name expected.\n',
  value: 'Value to set expected.\n',
  cmode: 'Configuration mode expected.\n',
} as const;

/** `devlink dev param set DEV name PARAMETER value VALUE cmode MODE`: looked up first, for its type and its modes. */
export function setParam(call: DevlinkCall): Reply {
  const { state, words } = call;
  const word = handleWord(words[0]);
  const given = options(words.slice(1), Object.keys(missing));
  const cmode = given.get('cmode');
  if (cmode !== undefined && !['permanent', 'driverinit', 'runtime'].includes(cmode))
    throw new Failure(1, `Unknown configuration mode "${cmode}"\n`);
  const complaints = Object.entries(missing).filter(([key]) => !given.has(key));
  if (complaints.length > 0) throw new Failure(1, complaints.map(([, said]) => said).join(''));
  const pf = deviceOf(state, word);
  const name = known(given.get('name') ?? '');
  const on = onOff(given.get('value') ?? '');
  if (cmode !== 'runtime') throw new Failure(1, 'Configuration mode not supported\n');
  if (on === isOn(pf, name)) return silent;
  asRoot(call);
  if (name === 'esw_multiport') throw new Refusal('EOPNOTSUPP');
  setPortMetadata(state, pf, on);
  return silent;
}

function onOff(word: string): boolean {
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  throw new Failure(1, `Value "${word}" is not a number or not within range\n`);
}
