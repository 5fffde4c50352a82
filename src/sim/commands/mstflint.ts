import { firmwareOf, type Image, imageAt, imageText, psid, setFirmware } from '../firmware.ts';
import type { SimState } from '../state.ts';
import { mstDevice, mstWords, onStdout } from './mst-words.ts';
import { failed, type Program, type Reply, said, silent } from './program.ts';

/** `mstflint [-d DEVICE] [-i IMAGE] [-y] query|burn|ri|verify` (flint/subcommands.cpp; facts §6.1). */
export const mstflint: Program = onStdout(({ state, argv }) => {
  const { flags, values, words } = mstWords(argv, ['-d', '--dev', '--device', '-i', '--image']);
  const path = values.get('-i') ?? values.get('--image');
  const [verb = '', target = ''] = words;
  const has = ['-d', '--dev', '--device'].some((name) => values.has(name));
  if (!has && path === undefined) return failed(1, '-E- Please specify either Device or Image.\n');
  const device = has ? mstDevice(state, values) : '';
  const image = path === undefined ? undefined : imageAt(state, path);
  if (image === 'missing')
    return failed(
      1,
      `-E- Cannot open Image: ${path}. Can not open file "${path}" - No such file or directory\n`,
    );
  if (image === 'none')
    return failed(1, `-E- Cannot open Image: ${path}. Invalid Firmware Format (found FS Gen 1)\n`);
  if (verb === 'q' || verb === 'query') return said(image ? ofImage(image) : ofDevice(state));
  if (verb === 'v' || verb === 'verify')
    return said('\nFS4 failsafe image\n\n-I- FW image verification succeeded. Image is bootable.\n\n');
  if (verb === 'ri') return readImage(state, target);
  if (verb !== 'b' && verb !== 'burn') return failed(1, `-E- Invalid command: ${verb}\n`);
  if (device === '' || !image)
    return failed(1, '-E- Command "burn" requires both image and device to be specified.\n');
  return burn(
    state,
    image,
    flags.some((flag) => flag === '-y' || flag === '--yes'),
  );
});

function report(version: string, date: string, of: string, running?: string): string {
  const rows = [
    ['Image type:', 'FS4'],
    ['FW Version:', version],
    ...(running === undefined ? [] : [['FW Version(Running):', running]]),
    ['FW Release Date:', date],
    ['Product Version:', version],
    ['Rom Info:', 'type=UEFI version=14.29.15 cpu=AMD64'],
    ['', 'type=PXE version=3.6.902 cpu=AMD64'],
    ['Description:', 'UID                GuidsNumber'],
    ['Base GUID:', 'b8cef60300c152e4        8'],
    ['Base MAC:', 'b8cef6c152e4            8'],
    ['Image VSD:', 'N/A'],
    ['Device VSD:', 'N/A'],
    ['PSID:', of],
    ['Security Attributes:', 'N/A'],
  ];
  return rows.map(([what = '', is = '']) => `${what.padEnd(23)}${is}\n`).join('');
}

function ofDevice(state: SimState): string {
  const { running, flashed } = firmwareOf(state);
  return report(flashed, '19.11.2024', psid, running === flashed ? undefined : running);
}

function ofImage(image: Image): string {
  return report(image.version, image.date, image.psid);
}

function readImage(state: SimState, path: string): Reply {
  if (path === '') return failed(1, '-E- Command "ri" requires 1 arguments, but 0 arguments were given\n');
  state.files[path] = imageText(firmwareOf(state).flashed);
  return silent;
}

function burn(state: SimState, image: Image, yes: boolean): Reply {
  const { flashed } = firmwareOf(state);
  if (image.psid !== psid)
    return failed(
      1,
      `-E- PSID mismatch. The PSID on flash (${psid}) differs from the PSID in the given image (${image.psid}).\n`,
    );
  const versions = `\n    Current FW version on flash:  ${flashed}\n    New FW version:               ${image.version}\n`;
  const order = compared(image.version, flashed);
  const isOlder = order < 0 ? 'older than' : 'the same as';
  const note = `\n    Note: The new FW version is ${isOlder} the current FW version on flash.\n\n Do you want to continue ? (y/n) [n] : `;
  if (order <= 0 && !yes) return failed(1, '-E- Aborted by user\n', `${versions}${note}`);
  setFirmware(state, { flashed: image.version });
  const steps = 'FSMST_INITIALIZE -   OK          \nWriting Boot image component -   OK  \n';
  return said(
    `${versions}${order <= 0 ? `${note}y\n` : ''}\n${steps}-I- To load new FW run mstfwreset or reboot machine.\n`,
  );
}

function compared(a: string, b: string): number {
  const numbers = (text: string) => text.split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  return left.map((part, place) => part - (right[place] ?? 0)).find((apart) => apart !== 0) ?? 0;
}
