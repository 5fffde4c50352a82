import { posix } from 'node:path';
import { failed, type Program, type Reply, said, silent } from '../commands/program.ts';
import { isOrdinaryFolder } from '../folders.ts';
import { MissingProgram } from '../missing.ts';
import { isInstalled } from '../packages.ts';
import type { SimState } from '../state.ts';
import {
  chainOf,
  forgetHolders,
  type Image,
  ImageError,
  inHome,
  openImage,
  refuseLocked,
  textOf,
} from './images.ts';

/** `qemu-img info|create|convert|resize`; the texts are those of 7.2 and 10.0, which agree. */
export const qemuImg: Program = ({ state, argv }) => {
  if (!isInstalled(state, 'qemu-utils')) throw new MissingProgram('qemu-img');
  const [verb, ...words] = argv.slice(1);
  const hint = "Try 'qemu-img --help' for more information\n";
  if (verb === undefined) return failed(1, `qemu-img: Not enough arguments\n${hint}`);
  const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!act) return failed(1, `qemu-img: Command not found: ${verb}\n${hint}`);
  const parsed = parse(words);
  if ('unknown' in parsed) return failed(1, `qemu-img: unrecognized option '${parsed.unknown}'\n${hint}`);
  return act(state, parsed);
};

interface Asked {
  readonly options: { readonly [name: string]: string };
  readonly flags: readonly string[];
  readonly operands: readonly string[];
}

const valued = /^(-f|-F|-b|-o|-O|--output|--object|-l)$/;
const flags = /^(-U|--force-share|-q|--backing-chain|--image-opts|-u|--shrink|-n|-p)$/;

function parse(words: readonly string[]): Asked | { readonly unknown: string } {
  const options: { [name: string]: string } = {};
  const found: string[] = [];
  const operands: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [, name, value] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? [];
    if (name !== undefined && valued.test(name)) options[name] = value ?? '';
    else if (valued.test(word)) options[word] = words[++at] ?? '';
    else if (flags.test(word)) found.push(word);
    else if (word.startsWith('-')) return { unknown: word };
    else operands.push(word);
  }
  return { options, flags: found, operands };
}

const verbs: { readonly [verb: string]: ((state: SimState, asked: Asked) => Reply) | undefined } = {
  info,
  create,
  convert,
  resize,
};

function complaint(start: string, error: unknown): Reply {
  // The hint after a missing format ends without a newline, as the real one does.
  if (error instanceof ImageError)
    return failed(
      1,
      `qemu-img: ${start}${error.message}${/Detected format/.test(error.message) ? '' : '\n'}`,
    );
  throw error;
}

function info(state: SimState, { options, flags: given, operands }: Asked): Reply {
  const [path = ''] = operands;
  if (path === '')
    return failed(1, "qemu-img: Expecting one image file name\nTry 'qemu-img --help' for more information\n");
  try {
    const image = openImage(state, path);
    if (!given.includes('-U') && !given.includes('--force-share')) refuseLocked(state, path, false);
    const chain = given.includes('--backing-chain') ? chainOf(state, path) : [path];
    const records = chain.map((one) => record(one, one === path ? image : openImage(state, one)));
    if (options['--output'] !== 'json')
      return said(chain.map((one) => lines(one, openImage(state, one))).join('\n'));
    return said(`${JSON.stringify(given.includes('--backing-chain') ? records : records[0], null, 4)}\n`);
  } catch (error) {
    return complaint(`Could not open '${path}': `, error);
  }
}

const specific = {
  type: 'qcow2',
  data: {
    compat: '1.1',
    'compression-type': 'zlib',
    'lazy-refcounts': false,
    'refcount-bits': 16,
    corrupt: false,
    'extended-l2': false,
  },
} as const;

function record(path: string, image: Image): object {
  const { backing } = image;
  const qcow2 = image.format === 'qcow2';
  return {
    ...(backing ? { 'backing-filename-format': backing.format } : {}),
    'virtual-size': image.bytes,
    filename: path,
    ...(qcow2 ? { 'cluster-size': 65536 } : {}),
    format: image.format,
    'actual-size': qcow2 ? 200704 : 4096,
    ...(qcow2 ? { 'format-specific': specific } : {}),
    ...(backing
      ? {
          'full-backing-filename': posix.resolve(posix.dirname(path), backing.file),
          'backing-filename': backing.file,
        }
      : {}),
    'dirty-flag': false,
  };
}

function lines(path: string, image: Image): string {
  const gib = image.bytes / 1024 ** 3;
  const size =
    gib >= 1
      ? `${Number(gib.toPrecision(3))} GiB`
      : `${Number((image.bytes / 1024 ** 2).toPrecision(3))} MiB`;
  return [
    `image: ${path}`,
    `file format: ${image.format}`,
    `virtual size: ${size} (${image.bytes} bytes)`,
    `disk size: ${image.format === 'qcow2' ? '196' : '4'} KiB`,
    ...(image.format === 'qcow2' ? ['cluster_size: 65536'] : []),
    ...(image.backing
      ? [`backing file: ${image.backing.file}`, `backing file format: ${image.backing.format}`]
      : []),
    '',
  ].join('\n');
}

function create(state: SimState, { options, flags: given, operands }: Asked): Reply {
  const [path = '', size] = operands;
  const format = options['-f'] ?? 'raw';
  if (format !== 'qcow2' && format !== 'raw')
    return failed(1, `qemu-img: ${path}: Unknown file format '${format}'\n`);
  const bytes = size === undefined ? undefined : bytesOf(size);
  if (size !== undefined && bytes === undefined) return failed(1, wrongSize);
  const backing = options['-b'];
  try {
    const below = backing === undefined ? undefined : openBacking(state, path, backing, options['-F']);
    const whole = bytes ?? below?.bytes;
    if (whole === undefined) return failed(1, `qemu-img: ${path}: Image creation needs a size parameter\n`);
    const image: Image = {
      format,
      bytes: whole,
      ...(backing === undefined ? {} : { backing: { file: backing, format: options['-F'] ?? '' } }),
    };
    const stdout = given.includes('-q') ? '' : formatting(path, image);
    const reply = put(state, path, image);
    return { ...reply, stdout };
  } catch (error) {
    return complaint(`${path}: `, error);
  }
}

const wrongSize =
  'qemu-img: Invalid image size specified. You may use k, M, G, T, P or E suffixes for\nqemu-img: kilobytes, megabytes, gigabytes, terabytes, petabytes and exabytes.\n';

function bytesOf(size: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([bkKMGTPE]?)$/.exec(size) ?? [];
  if (number === undefined) return undefined;
  const power = { '': 0, b: 0, k: 1, K: 1, M: 2, G: 3, T: 4, P: 5, E: 6 }[unit] ?? 0;
  return Math.ceil((Number(number) * 1024 ** power) / 512) * 512;
}

function openBacking(state: SimState, path: string, backing: string, format: string | undefined): Image {
  const full = posix.resolve(posix.dirname(path), backing);
  try {
    const image = openImage(state, full);
    if (format === undefined)
      throw new ImageError(
        `Backing file specified without backing format\nDetected format of ${image.format}.`,
      );
    chainOf(state, full);
    return image;
  } catch (error) {
    if (!(error instanceof ImageError) || format === undefined) throw error;
    const named = error.message.replace(`'${full}'`, () => `'${backing}'`);
    throw new ImageError(`${named}\nCould not open backing image.`);
  }
}

function formatting(path: string, image: Image): string {
  const { format, bytes, backing } = image;
  const below = backing ? ` backing_file=${backing.file} backing_fmt=${backing.format}` : '';
  return format === 'raw'
    ? `Formatting '${path}', fmt=raw size=${bytes}\n`
    : `Formatting '${path}', fmt=qcow2 cluster_size=65536 extended_l2=off compression_type=zlib size=${bytes}${below} lazy_refcounts=off refcount_bits=16\n`;
}

function put(state: SimState, path: string, image: Image): Reply {
  if (!isOrdinaryFolder(state, posix.dirname(inHome(path))))
    return failed(1, `qemu-img: ${path}: Could not create '${path}': No such file or directory\n`);
  // A process with a removed file open keeps that file and its lock; a new one with the name is another file.
  if (state.files[inHome(path)] === undefined) forgetHolders(state, path);
  refuseLocked(state, path, true);
  state.files[inHome(path)] = textOf(image);
  return silent;
}

/** Converts a folder, as a FAT volume (vvfat), or another image. */
function convert(state: SimState, { options, operands }: Asked): Reply {
  const [source = '', target = ''] = operands;
  const format = options['-O'] === 'qcow2' ? 'qcow2' : 'raw';
  try {
    const image = source.startsWith('json:')
      ? volume(state, source)
      : { ...openImage(state, source), format };
    const { backing: _, ...whole } = image as Image;
    return put(state, target, { ...whole, format });
  } catch (error) {
    return complaint(`Could not open '${source}': `, error);
  }
}

const floppyBytes = 2_949_120;
const diskBytes = 516_096_000;

function volume(state: SimState, source: string): Image {
  const { dir = '', floppy = false } = JSON.parse(source.slice('json:'.length)) as {
    dir?: string;
    floppy?: boolean;
  };
  if (!isOrdinaryFolder(state, dir)) throw new ImageError(`Could not read directory ${dir}`);
  const own = Object.keys(state.files).filter((path) => posix.dirname(path) === dir);
  const files = Object.fromEntries(own.map((path) => [posix.basename(path), state.files[path] ?? '']));
  return { format: 'raw', bytes: floppy ? floppyBytes : diskBytes, files };
}

function resize(state: SimState, { flags: given, operands }: Asked): Reply {
  const [path = '', size = ''] = operands;
  try {
    const image = openImage(state, path);
    refuseLocked(state, path, true);
    const asked = bytesOf(size.replace(/^[+-]/, ''));
    if (asked === undefined) return failed(1, wrongSize);
    const bytes = size.startsWith('+') ? image.bytes + asked : asked;
    if (bytes < image.bytes && !given.includes('--shrink')) return failed(1, shrinks);
    state.files[inHome(path)] = textOf({ ...image, bytes });
    return given.includes('-q') ? silent : said('Image resized.\n');
  } catch (error) {
    return complaint(`Could not open '${path}': `, error);
  }
}

const shrinks =
  "qemu-img: Use the --shrink option to perform a shrink operation.\nqemu-img: warning: Shrinking an image will delete all data beyond the shrunken image's end. Before performing such an operation, make sure there is no important data there.\n";
