import { posix } from 'node:path';
import { type Call, failed, type Program, type Reply, said, silent } from '../commands/program.ts';
import { ovsOfctl } from './ofctl.ts';

/** `timeout SECONDS ARGV…`: nothing here takes long. */
export const timeout: Program = (call) => {
  const [, seconds = '', ...argv] = call.argv;
  if (!/^\d+(\.\d+)?[smhd]?$/.test(seconds))
    return failed(
      125,
      `timeout: invalid time interval ‘${seconds}’\nTry 'timeout --help' for more information.\n`,
    );
  return call.start({ ...call, argv });
};

/** Not a shell: it knows only the scripts that restore flows from the files beside them, by the commands in them. */
export const sh: Program = (call) => {
  const path = call.argv[1] ?? '';
  const { files } = call.state;
  const text = Object.hasOwn(files, path) ? files[path] : undefined;
  if (text === undefined) return failed(2, `${call.argv[0]}: 0: cannot open ${path}: No such file\n`);
  if (!text.includes('replace-flows')) return failed(2, 'the simulated host has no shell\n');
  const folder = `${posix.dirname(path)}/`;
  const names = Object.keys(files).filter((file) => file.startsWith(folder));
  const flows = names
    .map((file) => file.slice(folder.length))
    .filter((name) => /^[^./][^/]*\.flows$/.test(name));
  const failures = flows.sort().map((name) => putBack(call, folder + name, name.replace(/\.flows$/, '')));
  const stderr = failures.join('');
  return stderr === '' ? silent : { ...said(''), stderr, code: 1 };
};

/** Restores all of a file's flows, or those of the existing ports. Returns the error, '' for none. */
function putBack(call: Call, file: string, bridge: string): string {
  const whole = replaceFlows(call, bridge, file, '');
  if (whole.code === 0) return '';
  const inForce = call.state.ovs.daemon?.bridges[bridge];
  const ports = new Set([bridge, ...Object.keys(inForce?.ports ?? {})]);
  const lines = (call.state.files[file] ?? '').split('\n').filter((line) => {
    const port = /in_port="?([^",\s]+)/.exec(line)?.[1];
    return port === undefined || ports.has(port);
  });
  const others = replaceFlows(call, bridge, '-', lines.join('\n'));
  return others.code === 0 ? '' : whole.stderr + others.stderr;
}

function replaceFlows(call: Call, bridge: string, file: string, stdin: string): Reply {
  const argv = ['ovs-ofctl', '--names', '--bundle', 'replace-flows', bridge, file];
  try {
    return ovsOfctl({ ...call, argv, stdin });
  } catch (error) {
    return failed(1, error instanceof Error ? error.message : String(error));
  }
}
