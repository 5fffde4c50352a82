import { writeFile } from '../files/root.ts';
import { operands } from './files.ts';
import { mkdir } from './folders.ts';
import { failed, type Program, silent } from './program.ts';

/** `install -d FOLDER…` and `install /dev/null FILE` (install(1)), which begins an empty file; modes are nobody's to ask here. */
export const install: Program = (call) => {
  const paths = operands(call);
  if (call.argv.includes('-d')) return mkdir({ ...call, argv: ['mkdir', '-p', ...paths] });
  const [from = '', to = ''] = paths;
  if (from !== '/dev/null' || to === '' || paths.length > 2)
    return failed(1, `install: the simulated host installs /dev/null on one file, and nothing else\n`);
  writeFile(call.state, call.ns, to, '', 'ENOENT');
  return silent;
};
