import { printk } from '../dmesg.ts';
import { allVfs, cardOf, functionAt, pfAt, vfAt } from '../functions.ts';
import { hugepagesFree } from '../hugepages.ts';
import { infinibandNames, rdmaDevices } from '../infiniband.ts';
import type { SimState } from '../state.ts';
import { entry, rootRow } from './database.ts';
import { isWhole, whole } from './dpdk-whole.ts';
import type { DpdkDevice, Vswitchd } from './state.ts';

export const pageBytes = 2 * 1024 * 1024;

export type DpdkInit = 'off' | 'ready' | 'failed' | 'aborted';

/**
 * What a daemon does about `dpdk-init`, at its start and at each change of the database until it has done it once: one built
 * without DPDK only logs, and with `true` a failure is fatal (lib/dpdk.c; seen on 3.1 with DPDK 22.11).
 */
export function initDpdk(state: SimState, daemon: Vswitchd): DpdkInit {
  const root = rootRow(state.ovs.rows);
  const init = entry(root, 'other_config', 'dpdk-init').toLowerCase();
  const isWanted = daemon.program === 'ovs-vswitchd-dpdk' && (init === 'true' || init === 'try');
  if (!isWanted || daemon.dpdk || daemon.dpdkFailed) return 'off';
  const why = whyNot(state);
  if (why === '') {
    daemon.dpdk = true;
    daemon.socketPages = socketPages(state);
    daemon.devices = probedAtStart(state);
    return 'ready';
  }
  printk(state, `ovs-vswitchd[${daemon.pid}]: Cannot init EAL (${why})`);
  daemon.dpdkFailed = true;
  return init === 'true' ? 'aborted' : 'failed';
}

/** libc's text for EAL's errno; '' if EAL can start. */
function whyNot(state: SimState): string {
  const wrong = extraWords(state).find(
    ({ option, value }) => !isOption(option) || (option === '-a' && !isDevice(value)),
  );
  if (wrong) return wrong.option === '-a' ? 'No such device' : 'Invalid argument';
  const free = hugepagesFree(state) + hugepagesFree(state, 1048576) * 512;
  if (free === 0) return 'Permission denied';
  return free < socketPages(state) ? 'Cannot allocate memory' : '';
}

interface ExtraWord {
  readonly option: string;
  readonly value: string;
}

/** The shell-like words of `dpdk-extra`: options and their values. */
function extraWords(state: SimState): readonly ExtraWord[] {
  const words = entry(rootRow(state.ovs.rows), 'other_config', 'dpdk-extra').split(/\s+/).filter(Boolean);
  return words.flatMap((word, i) => {
    if (!word.startsWith('-')) return [];
    const [option = '', inline] = word.split(/=(.*)/s);
    const next = words[i + 1] ?? '';
    return [
      { option: option === '--allow' ? '-a' : option, value: inline ?? (next.startsWith('-') ? '' : next) },
    ];
  });
}

/** EAL options that a host's file may have (doc/guides/linux_gsg/linux_eal_parameters.rst). */
const options = [
  '-a',
  '-b',
  '-c',
  '-d',
  '-l',
  '-m',
  '-n',
  '-r',
  '-v',
  '--block',
  '--vdev',
  '--lcores',
  '--main-lcore',
  '--socket-mem',
  '--socket-limit',
  '--huge-dir',
  '--huge-unlink',
  '--file-prefix',
  '--in-memory',
  '--no-huge',
  '--no-pci',
  '--no-telemetry',
  '--iova-mode',
  '--legacy-mem',
  '--single-file-segments',
  '--log-level',
  '--match-allocations',
  '--proc-type',
];

function isOption(word: string): boolean {
  return options.includes(word);
}

function isDevice(value: string): boolean {
  return (
    /^(pci:)?([0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7](,|$)/i.test(value) ||
    /^(net_|auxiliary:|vdev:|eth_)/.test(value)
  );
}

/** `dpdk-socket-mem`: MiB for each NUMA node. */
function socketPages(state: SimState): number {
  const text = entry(rootRow(state.ovs.rows), 'other_config', 'dpdk-socket-mem');
  const mib = text.split(',').reduce((sum, part) => sum + (Number(part) || 0), 0);
  return Math.ceil(mib / 2);
}

/** A named device that is missing is no failure (EAL, rte_bus_probe); if none are named, all are probed. */
function probedAtStart(state: SimState): DpdkDevice[] {
  const named = extraWords(state).filter(({ option }) => option === '-a');
  const asked = named.map(({ value }) => fullPci(value.replace(/^pci:/, '').split(',')[0] ?? ''));
  const mine = [...state.pfs, ...allVfs(state)]
    .filter((fn) => fn.driver === 'mlx5_core' || isWhole(state, fn.pci))
    .map((fn) => fn.pci);
  const wanted = asked.length > 0 ? asked : mine;
  return wanted.flatMap((pci) => probe(state, pci) ?? []);
}

export function fullPci(text: string): string {
  return /^[0-9a-f]{2}:/i.test(text) ? `0000:${text}` : text;
}

/**
 * What DPDK remembers of a device from its first probe: before 26.03 it is a bond if its RDMA name said so (facts §0b).
 * Undefined if mlx5's driver finds no RDMA device of that function, as for the second port below a LAG.
 */
export function probe(state: SimState, pci: string): DpdkDevice | undefined {
  if (isWhole(state, pci)) return { pci, registration: whole, bonded: false };
  const fn = functionAt(state, pci);
  const device = rdmaDevices(state).find((one) => one.pci === pci);
  if (fn?.driver !== 'mlx5_core' || !cardOf(state).switchdev || !device) return undefined;
  return { pci, registration: registration(state, pci), bonded: isBondedForDpdk(state) };
}

/** Identifies the RDMA device: a change of eswitch mode or LAG makes a new one, and DPDK keeps using the old one. */
export function registration(state: SimState, pci: string): string {
  if (isWhole(state, pci)) return whole;
  const pf = pfAt(state, pci) ?? vfAt(state, pci)?.pf;
  const merged = rdmaDevices(state).some((one) => one.pci === pci && one.merged);
  return `${pf?.eswitch ?? ''}${merged ? ' merged' : ''}`;
}

function isBondedForDpdk(state: SimState): boolean {
  const active = state.lag.type === 'switchdev' && state.lag.sharedFdb;
  return active && infinibandNames(state).some((name) => name.includes('bond'));
}
