import { writeFile } from '../files/root.ts';
import { forgetHolders } from '../machines/images.ts';
import { textAt } from './copy.ts';
import { operands } from './files.ts';
import { mkdir } from './folders.ts';
import { failed, type Program, silent } from './program.ts';

/** `install -d FOLDER…` and `install FROM TO` of one file (install(1)); modes are not simulated. */
export const install: Program = (call) => {
  const paths = operands(call);
  if (call.argv.includes('-d')) return mkdir({ ...call, argv: ['mkdir', '-p', ...paths] });
  const [from = '', to = '', ...more] = paths;
  if (to === '' || more.length > 0)
    return failed(1, `install: missing destination file operand after '${from}'\n`);
  const text = from === '/dev/null' ? '' : textAt(call, from);
  if (text === undefined) return failed(1, `install: cannot stat '${from}': No such file or directory\n`);
  // The old file is removed first: processes that have it open keep it.
  forgetHolders(call.state, to);
  writeFile(call.state, call.ns, to, text, 'ENOENT');
  return silent;
};
