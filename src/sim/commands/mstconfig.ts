import { Failure } from '../errno.ts';
import { firmwareOf, partName, setFirmware } from '../firmware.ts';
import { cardOf } from '../functions.ts';
import type { SimState } from '../state.ts';
import { mstDevice, mstWords, onStdout } from './mst-words.ts';
import { failed, type Program, type Reply, said } from './program.ts';

/** Settings, as `mstconfig` prints them: default, current, next (facts §6.2). */
interface Setting {
  readonly values: readonly [number, number, number];
  readonly isBool?: true;
}

function settings(state: SimState): { readonly [name: string]: Setting } {
  const { sriov, nextSriov } = firmwareOf(state);
  const always = (value: number) => ({ values: [value, value, value] as const });
  return {
    NUM_OF_VFS: { values: [0, state.numOfVfs || state.nextNumOfVfs, state.nextNumOfVfs] },
    SRIOV_EN: { values: [0, Number(sriov), Number(nextSriov)], isBool: true },
    PF_LOG_BAR_SIZE: always(5),
    VF_LOG_BAR_SIZE: always(0),
    NUM_PF_MSIX: always(63),
    NUM_VF_MSIX: always(11),
    LAG_RESOURCE_ALLOCATION: always(0),
  };
}

const nameWidth = 48;
const valueWidth = 20;

/** `mstconfig -d DEVICE [-e] [-y] query|set|backup` (mlxconfig/mlxcfg_ui.cpp, printParam). */
export const mstconfig: Program = onStdout(({ state, argv }) => {
  const { flags, values, words } = mstWords(argv, ['-d', '--dev', '--device', '-f', '--file']);
  const device = mstDevice(state, values);
  const [verb = 'query', ...rest] = words;
  const all = flags.some((flag) => flag === '-e' || flag === '--show_default');
  if (verb === 'q' || verb === 'query') return said(table(state, device, rest, all));
  if (verb === 'backup') return backup(state, values.get('-f') ?? values.get('--file'));
  if (verb !== 's' && verb !== 'set') return failed(3, `-E- Unknown action: ${verb}\n`);
  const yes = flags.some((flag) => flag === '-y' || flag === '--yes');
  const shown = table(state, device, [], false);
  if (!yes) return failed(1, '', `${shown}\n Apply new Configuration? (y/n) [n] : -E- Aborted by user.\n`);
  for (const word of rest) set(state, word);
  const done = 'Applying... Done!\n-I- Please reboot machine to load new configurations.\n';
  return said(`${shown}\n Apply new Configuration? (y/n) [n] : y\n${done}`);
});

function table(state: SimState, device: string, names: readonly string[], all: boolean): string {
  const known = settings(state);
  const unknown = names.find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw new Failure(3, `-E- The Device doesn't support ${unknown} parameter\n`);
  const rows = Object.entries(known).filter(([name]) => names.length === 0 || names.includes(name));
  const head = ['Configurations:'.padEnd(nameWidth + 8), ...(all ? ['Default', 'Current'] : []), 'Next Boot'];
  const columns = (values: readonly string[]) => values.map((value) => value.padEnd(valueWidth)).join(' ');
  const line = ([name, { values, isBool }]: readonly [string, Setting]) => {
    const [byDefault, current, next] = values;
    const mark = all && (next !== byDefault || next !== current) ? '*' : ' ';
    const shown = (all ? values : [next]).map((value) =>
      isBool ? `${value ? 'True' : 'False'}(${value})` : `${value}`,
    );
    return `${mark}       ${name.padEnd(nameWidth)}${columns(shown)}\n`;
  };
  const footer = all
    ? "The '*' shows parameters with next value different from default/current value.\n"
    : '';
  const opening = [
    ['Device type:', 'ConnectX5'],
    ['Name:', partName],
    ['Description:', 'ConnectX-5 Ex EN network interface card; 100GbE dual-port QSFP28; PCIe4.0 x16'],
    ['Device:', device],
  ].map(([what = '', is = '']) => `${what.padEnd(20)}${is.padEnd(20)}\n`);
  return `\nDevice #1:\n----------\n\n${opening.join('')}\n${head[0]}${columns(head.slice(1))}\n${rows.map(line).join('')}${footer}`;
}

function set(state: SimState, word: string): void {
  const [name = '', text = ''] = word.split('=');
  if (!Object.hasOwn(settings(state), name))
    throw new Failure(3, `-E- The Device doesn't support ${name} parameter\n`);
  const value = text === 'True' ? 1 : text === 'False' ? 0 : Number(text);
  const most = name === 'NUM_OF_VFS' ? cardOf(state).maxVfs : 1;
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new Failure(3, `-E- Invalid value for the parameter ${name}: ${text}\n`);
  if (name === 'NUM_OF_VFS') state.nextNumOfVfs = value;
  else if (name === 'SRIOV_EN') setFirmware(state, { nextSriov: value === 1 });
}

function backup(state: SimState, path: string | undefined): Reply {
  if (path === undefined) return failed(3, '-E- Missing file path\n');
  const { nextSriov } = firmwareOf(state);
  state.files[path] = `MLNX_RAW_TLV_FILE\nSRIOV_EN=${Number(nextSriov)} NUM_OF_VFS=${state.nextNumOfVfs}\n`;
  return said('Collecting...\nSaving output...\nDone!\n');
}
