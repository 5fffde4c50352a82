import { reboot as rebootHost } from '../boot.ts';
import { advance } from '../clock.ts';
import { type Logged, logged } from '../dmesg.ts';
import { loadModule } from '../drivers.ts';
import { kernelOf } from '../functions.ts';
import { endVswitchd } from '../ovs/service.ts';
import { endProcess } from '../processes.ts';
import type { SimState } from '../state.ts';
import { failed, type Program, type Reply, said, silent } from './program.ts';
import { own } from './words.ts';

const loadable = [
  'vfio',
  'vfio_pci',
  'bonding',
  'igb',
  'igbvf',
  'mlx5_core',
  'vxlan',
  'veth',
  'dummy',
  'openvswitch',
  '8021q',
  'act_mirred',
  'cls_flower',
  'sch_ingress',
  'macvlan',
  'bridge',
  'tun',
];
/** Modules that are loaded along with one. */
const alsoLoaded: { readonly [module: string]: readonly string[] | undefined } = {
  vfio_pci: ['vfio', 'vfio_iommu_type1', 'vfio_pci_core'],
  bonding: ['tls'],
};

export const modprobe: Program = (call) => {
  const { state } = call;
  const remove = call.argv.includes('-r');
  const words = call.argv.slice(1).filter((word) => !word.startsWith('-'));
  // Without -a, the words after the first name are that module's parameters (modprobe(8)).
  const names = remove || call.argv.includes('-a') ? words : words.slice(0, 1);
  let last = silent;
  for (const word of names) {
    const reply = remove ? removeModule(state, word) : addModule(state, word);
    if (reply.code !== 0) last = reply;
  }
  return last;
};

function addModule(state: SimState, word: string): Reply {
  const name = word.replaceAll('-', '_');
  if (state.modules.includes(name)) return silent;
  const { release } = kernelOf(state);
  if (!loadable.includes(name)) {
    return failed(1, `modprobe: FATAL: Module ${word} not found in directory /lib/modules/${release}\n`);
  }
  if (state.uid !== 0)
    return failed(1, `modprobe: ERROR: could not insert '${name}': Operation not permitted\n`);
  for (const other of [...(own(alsoLoaded, name) ?? []), name]) loadModule(state, other);
  return silent;
}

function removeModule(state: SimState, word: string): Reply {
  const name = word.replaceAll('-', '_');
  if (!state.modules.includes(name)) return failed(1, `modprobe: FATAL: Module ${word} not found.\n`);
  const bound = state.pfs
    .flatMap((pf) => [pf, ...pf.vfs])
    .some((fn) => fn.driver.replaceAll('-', '_') === name);
  const bonds = name === 'bonding' && state.netdevs.some((n) => n.bond);
  if (bound || bonds) return failed(1, `modprobe: FATAL: Module ${name} is in use.\n`);
  state.modules = state.modules.filter((module) => module !== name);
  return silent;
}

export const lsmod: Program = ({ state }) => {
  const lines = state.modules.map((name) => `${name.padEnd(24)}16384  0\n`);
  return said(`Module                  Size  Used by\n${lines.join('')}`);
};

export const uname: Program = ({ state, argv }) => {
  const { release } = kernelOf(state);
  const [flag = '-s'] = argv.slice(1);
  const words: { readonly [flag: string]: string | undefined } = {
    '-s': 'Linux',
    '-r': release,
    '-n': state.name,
    '-m': 'x86_64',
    '-a': `Linux ${state.name} ${release} #1 SMP PREEMPT_DYNAMIC Debian x86_64 GNU/Linux`,
  };
  const word = own(words, flag);
  return word === undefined ? failed(1, `uname: invalid option '${flag}'\n`) : said(`${word}\n`);
};

export const id: Program = ({ state, argv }) => {
  const name = state.uid === 0 ? 'root' : 'user';
  if (argv.includes('-un') || argv.includes('-nu')) return said(`${name}\n`);
  return said(
    argv.includes('-u') ? `${state.uid}\n` : `uid=${state.uid}(${name}) gid=${state.uid}(${name})\n`,
  );
};

/** util-linux 2.38; Debian's kernel shows its log only to root (kernel.dmesg_restrict). */
export const dmesg: Program = ({ state, argv }) => {
  if (state.uid !== 0) return failed(1, 'dmesg: read kernel buffer failed: Operation not permitted\n');
  const lines = logged(state);
  if (argv.some((word) => word === '-J' || word === '--json')) return said(dmesgJson(lines));
  return said(lines.map(({ timeS, text }) => `[${timeS.toFixed(6).padStart(12)}] ${text}\n`).join(''));
};

function dmesgJson(lines: readonly Logged[]): string {
  const entry = ({ timeS, text }: Logged) =>
    `{\n         "pri": 6,\n         "time": ${timeS.toFixed(6).padStart(12)},\n         "msg": ${JSON.stringify(text)}\n      }`;
  return `{\n   "dmesg": [\n      ${lines.map(entry).join(',')}\n   ]\n}\n`;
}

export const hostname: Program = ({ state }) => said(`${state.name}\n`);

export const nothing: Program = () => silent;

export const falsehood: Program = () => failed(1, '');

export const udevadm: Program = ({ argv }) =>
  argv[1] === 'settle' || argv[1] === 'trigger' || argv[1] === 'control'
    ? silent
    : failed(1, `Unknown command verb ${argv[1] ?? ''}.\n`);

export const sleep: Program = ({ state, argv }) => {
  const seconds = Number((argv[1] ?? '').replace(/s$/, ''));
  if (!Number.isFinite(seconds) || seconds < 0 || argv[1] === undefined) {
    return failed(1, `sleep: invalid time interval ‘${argv[1] ?? ''}’\n`);
  }
  advance(state, seconds * 1000);
  return silent;
};

export const reboot: Program = ({ state }) => {
  if (state.uid !== 0) return failed(1, 'Call to Reboot failed: Access denied\n');
  rebootHost(state);
  return silent;
};

/** `kill [-9 | -KILL | -s KILL] PID…`: QEMU exits cleanly on SIGTERM. */
function endBy(argv: readonly string[]): { readonly kind: 'exited' | 'killed'; readonly status: number } {
  const hard = argv.some(
    (word, at) => /^-(9|KILL|SIGKILL)$/.test(word) || (argv[at - 1] === '-s' && /KILL$/.test(word)),
  );
  return hard ? { kind: 'killed', status: 9 } : { kind: 'exited', status: 0 };
}

function endDaemon(state: SimState, pid: number): boolean {
  if (state.ovs.daemon?.pid !== pid) return false;
  endVswitchd(state);
  return true;
}

export const kill: Program = ({ state, argv }) => {
  for (const word of argv.slice(1).filter((w) => /^\d+$/.test(w) || !/^-|KILL$|TERM$/.test(w))) {
    if (!endProcess(state, Number(word), endBy(argv)) && !endDaemon(state, Number(word)))
      return failed(1, `kill: (${word}): No such process\n`);
  }
  return silent;
};
