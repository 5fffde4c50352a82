import { printk } from '../dmesg.ts';
import { loadFirmware } from '../firmware.ts';
import { allVfs, isHeld } from '../functions.ts';
import { plug, unplug } from '../unplug.ts';
import { mstDevice, mstWords, onStdout } from './mst-words.ts';
import { failed, type Program, said } from './program.ts';

const levels = [
  [0, 'Driver, PCI link, network link will remain up ("live-Patch")', false],
  [1, 'Only ARM side will not remain up ("Immediate reset").', false],
  [3, 'Driver restart and PCI reset', true],
  [4, 'Warm Reboot', true],
] as const;
const types = [
  [0, 'Full chip reset', true],
  [1, 'Phy-less reset (keep network port active during reset)', false],
  [2, 'NIC only reset (for SoC devices)', false],
  [3, 'ARM only reset', false],
  [4, 'ARM OS shut down', false],
] as const;

/** `mstfwreset -d DEVICE [-l 3] [-y] query|reset` (small_utils/mstfwreset.py, mlxfwresetlib/cmd_reg_mfrl.py). */
export const mstfwreset: Program = onStdout(({ state, argv }) => {
  const { flags, values, words } = mstWords(argv, ['-d', '--device', '-l', '--level', '-t', '--type']);
  const device = mstDevice(state, values);
  const [verb = ''] = words;
  if (verb === 'q' || verb === 'query')
    return said(
      `${listed('Reset-levels:', levels, 3)}\n${listed('Reset-types (relevant only for reset-levels 1,3,4):', types, 0)}`,
    );
  if (verb !== 'r' && verb !== 'reset') return failed(1, '-E- Unknown command\n');
  const level = Number(values.get('-l') ?? values.get('--level') ?? 3);
  const known = levels.find(([number]) => number === level);
  if (!known?.[2]) return failed(1, `-E- Requested reset level '${level}' is not supported\n`);
  const opening = `The reset level for device, ${device} is:\n\n${level}: ${known[1]}\nContinue with reset?[y/N] `;
  if (!flags.some((flag) => flag === '-y' || flag === '--yes'))
    return failed(1, '-E- Aborted by user\n', opening);
  if (level === 4)
    return said(
      `${opening}y\n-I- Sending Reset Command To Fw             -Done\n-I- Please reboot machine to load the new FW\n`,
    );
  // It removes the VFs itself (mlxfwreset_mlnxdriver.py), and gives up if a guest holds one.
  if (allVfs(state).some((vf) => isHeld(state, vf)))
    return failed(
      1,
      '-E- Reset virtual functions failed! Please reset virtual functions manually and resume operation\n',
      `${opening}y\n`,
    );
  const ports = state.pfs.map(({ pci }) => pci);
  unplug(state, 'card');
  loadFirmware(state);
  plug(state, 'card');
  for (const pci of ports)
    printk(
      state,
      `mlx5_core ${pci}: Fast teardown disable pci`,
      `mlx5_core ${pci}: firmware version: ${state.firmware?.running ?? ''}`,
    );
  const done = ['Sending Reset Command To Fw', 'Stopping Driver', 'Resetting PCI', 'Starting Driver'];
  const lines = done.map((what) => `-I- ${what.padEnd(40)}-Done\n`).join('');
  return said(
    `${opening}y\n${lines}-I- ${'Restarting MST'.padEnd(40)}-Skipped\n-I- FW was loaded successfully.\n`,
  );
});

function listed(
  title: string,
  rows: readonly (readonly [number, string, boolean])[],
  byDefault: number,
): string {
  const line = ([number, text, supported]: readonly [number, string, boolean]) =>
    `${number}: ${text.padEnd(62)}-${(supported ? 'Supported' : 'Not Supported').padEnd(14)}${number === byDefault ? '(default)' : ''}\n`;
  return `${title}\n${rows.map(line).join('')}`;
}
