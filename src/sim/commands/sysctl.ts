import { Refusal } from '../errno.ts';
import { readFile, writeFile } from '../files/root.ts';
import { because, failed, type Program, type Reply, said } from './program.ts';

/** `sysctl [-n] KEY…` and `sysctl -w KEY=VALUE…`; a name with dots in it is written with slashes. */
export const sysctl: Program = ({ state, argv, ns }) => {
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  const bare = argv.includes('-n');
  const quiet = argv.some((word) => /^-(q|qw|wq)$/.test(word));
  let reply: Reply = said('');
  for (const word of words) {
    const [name = '', value] = word.split(/=(.*)/s);
    const swapped = name.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));
    // Whichever of the two comes first is the separator; the other then stands for itself (sysctl(8)).
    const [below, key] = /^[^./]*\//.test(name) ? [name, swapped] : [swapped, name];
    const path = `/proc/sys/${below}`;
    try {
      if (value !== undefined) writeFile(state, ns, path, value, 'ENOENT');
      const shown = readFile(state, ns, path).trim();
      const line = bare ? shown : `${key} = ${shown}`;
      if (value === undefined || !quiet) reply = said(`${reply.stdout}${line}\n`);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return complaint(refusal, key, path, reply.stdout);
    }
  }
  return reply;
};

function complaint(refusal: Refusal, key: string, path: string, stdout: string): Reply {
  if (refusal.errno === 'ENOENT')
    return failed(1, `sysctl: cannot stat ${path}: No such file or directory\n`, stdout);
  if (refusal.errno === 'EACCES') return failed(1, `sysctl: permission denied on key "${key}"\n`, stdout);
  return failed(1, `sysctl: setting key "${key}": ${because(refusal)}\n`, stdout);
}
