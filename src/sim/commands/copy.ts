import { Refusal } from '../errno.ts';
import { walk } from '../files/node.ts';
import { readFile, rootOf, writeFile } from '../files/root.ts';
import { imageAt, imageText } from '../firmware.ts';
import { operands } from './files.ts';
import { type Call, failed, type Program, silent } from './program.ts';

/** `cp [--] FROM TO` of one file (cp(1)); the images on a simulated host's disk are files without a text. */
export const cp: Program = (call) => {
  const [from = '', to = '', ...more] = operands(call);
  if (to === '' || more.length > 0)
    return failed(1, `cp: missing destination file operand after '${from}'\n`);
  const text = textAt(call, from);
  if (text === undefined) return failed(1, `cp: cannot stat '${from}': No such file or directory\n`);
  writeFile(call.state, call.ns, to, text, 'EACCES');
  return silent;
};

/** A file's text; undefined if there is none. */
export function textAt(call: Call, path: string): string | undefined {
  const image = imageAt(call.state, path);
  if (typeof image !== 'string') return imageText(image.version, image.psid, image.date);
  try {
    walk(rootOf(call.state, call.ns), path, true);
    return readFile(call.state, call.ns, path);
  } catch (refusal) {
    if (refusal instanceof Refusal && refusal.errno === 'ENOENT') return undefined;
    throw refusal;
  }
}
