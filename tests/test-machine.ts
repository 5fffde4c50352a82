import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostQuestions, ReaderQuestions } from './host-contract.ts';

/** A tree of files that stands for a machine's, and the questions it can answer; its commands are the real machine's. */
export interface TestMachine {
  readonly root: string;
  readonly reader: ReaderQuestions;
  readonly host: HostQuestions;
  remove(): void;
}

export function testMachine(): TestMachine {
  const root = mkdtempSync(join(tmpdir(), 'vflane-machine-'));
  makeTree(root);
  return {
    root,
    reader: readerQuestions,
    host: hostQuestions,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

const pf = '/sys/bus/pci/devices/0000:03:00.0';

function makeTree(root: string): void {
  const at = (path: string): string => join(root, path);
  for (const folder of [`${pf}/net`, '/etc/names', '/proc/12/fd', '/proc/self']) {
    mkdirSync(at(folder), { recursive: true });
  }
  for (const name of ['b', 'a', 'ä', 'A', '10', '9']) writeFileSync(at(`/etc/names/${name}`), '');
  writeFileSync(at('/etc/text'), 'enp3s0f0np0\ngröße\n');
  writeFileSync(at('/etc/bytes'), Buffer.from([0x41, 0xff, 0xfe, 0x42]));
  writeFileSync(at(`${pf}/sriov_numvfs`), '16\n');
  symlinkSync('../../../devices/0000:03:00.2', at(`${pf}/virtfn0`));
  writeFileSync(at('/proc/12/comm'), 'qemu-system-x86\n');
  symlinkSync('/dev/vfio/7', at('/proc/12/fd/24'));
  // A real attribute, so that a real kernel refuses: of this test's own process, which it does not affect (proc(5)).
  symlinkSync(`/proc/${process.pid}/oom_score_adj`, at('/proc/self/oom_score_adj'));
}

const readerQuestions: ReaderQuestions = {
  text: { path: '/etc/text', text: 'enp3s0f0np0\ngröße\n' },
  folder: { path: '/etc/names', sorted: ['10', '9', 'A', 'a', 'b', 'ä'] },
  link: { path: `${pf}/virtfn0`, target: '../../../devices/0000:03:00.2' },
  missingFile: '/etc/none',
  notText: { path: '/etc/bytes', text: 'A\ufffd\ufffdB' },
  reads: { argv: ['uname', '-s'], stdout: /^Linux\n$/ },
  fails: { argv: ['cat', '/etc/vflane-none'], exitCode: 1, stderr: /No such file or directory/ },
  heldOpen: { folder: '/dev/vfio', path: '/dev/vfio/7' },
  nobody: '/dev/net',
};

const hostQuestions: HostQuestions = {
  missingProgram: 'vflane-no-such-program',
  hangs: ['sleep', '60'],
  echoes: ['cat'],
  floods: { argv: ['seq', '1000000'], bytes: 6_888_896 },
  ordinaryFile: '/etc/ordinary',
  attribute: { path: `${pf}/sriov_numvfs`, text: '2', reads: '2' },
  refusedWrite: { path: '/proc/self/oom_score_adj', text: '99999', errno: 'EINVAL' },
  missingAttribute: `${pf}/none`,
};
