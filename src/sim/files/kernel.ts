import { arpTable } from '../arp-table.ts';
import { nowMs } from '../clock.ts';
import { uptimeS } from '../dmesg.ts';
import { boundTo } from '../drivers.ts';
import { Refusal } from '../errno.ts';
import { cardOf, kernelOf, managementPci } from '../functions.ts';
import { meminfo } from '../hugepages.ts';
import { infinibandNames, rdmaDevices } from '../infiniband.ts';
import { bootConfig } from '../kernels.ts';
import { lagMapping } from '../lag.ts';
import { bootId } from '../macs.ts';
import type { SimState } from '../state.ts';
import { hugepagesDir } from './hugepages.ts';
import { both, type DirNode, dir, file, link, listing, type Node } from './node.ts';
import { devicePath } from './pci.ts';
import { sysctlNet } from './sysctl.ts';

/** /proc */
export function procDir(state: SimState, ns: string): DirNode {
  return both(kernelProc(state, ns), processDirs(state));
}

/** A process's name and CPU affinity only: all CPUs, unless it is pinned. */
function processDirs(state: SimState): DirNode {
  return listing(
    () => state.processes.map(({ pid }) => `${pid}`),
    (name) => {
      const process = state.processes.find(({ pid }) => `${pid}` === name);
      const text = `Name:\t${process?.command.slice(0, 15)}\nUid:\t0\t0\t0\t0\nCpus_allowed_list:\t0-31\n`;
      return process && dir({ status: () => file(() => text) });
    },
  );
}

function kernelProc(state: SimState, ns: string): DirNode {
  return dir({
    cmdline: () =>
      file(() => `BOOT_IMAGE=/boot/vmlinuz-${kernelOf(state).release} root=/dev/vda1 ro quiet\n`),
    meminfo: () => file(() => meminfo(state)),
    stat: () => file(() => `cpu  0 0 0 0 0 0 0 0 0 0\nbtime ${bootTimeS(state)}\n`),
    uptime: () => file(() => `${uptimeS(state).toFixed(2)} ${(uptimeS(state) * 30).toFixed(2)}\n`),
    net: () => dir({ arp: () => file(() => arpTable(state, ns)) }),
    modules: () =>
      file(() => state.modules.map((name) => `${name} 16384 0 - Live 0x0000000000000000\n`).join('')),
    self: () =>
      dir({
        // proc_pid_status(5): real, effective, saved and file-system user ids.
        status: () => file(() => `Name:\tvflane\nUid:\t${[0, 0, 0, 0].map(() => state.uid).join('\t')}\n`),
      }),
    sys: () =>
      dir({
        net: () => sysctlNet(state, ns),
        kernel: () =>
          dir({
            hostname: () => file(() => `${state.name}\n`),
            osrelease: () => file(() => `${kernelOf(state).release}\n`),
            random: () => dir({ boot_id: () => file(() => `${bootId(state)}\n`) }),
          }),
      }),
  });
}

/** Moves when the clock is set, as the kernel's does (fs/proc/stat.c, getboottime64). */
function bootTimeS(state: SimState): number {
  return Math.floor(nowMs(state) / 1000 - uptimeS(state));
}

/** /boot */
export function bootDir(state: SimState): DirNode {
  const kernel = kernelOf(state);
  return dir({ [`config-${kernel.release}`]: () => file(() => bootConfig(kernel)) });
}

/** /sys/module */
export function moduleDir(state: SimState): DirNode {
  return listing(
    () => state.modules,
    (name) => (state.modules.includes(name) ? dir({ refcnt: () => file(() => '0\n') }) : undefined),
  );
}

/** /sys/kernel */
export function kernelDir(state: SimState): DirNode {
  return dir({
    iommu_groups: () => groupsDir(state),
    mm: () => dir({ hugepages: () => hugepagesDir(state) }),
    debug: () => dir({ mlx5: cardOf(state).switchdev ? () => mlx5Debug(state) : undefined }),
    security: () => dir({ lockdown: () => file(() => '[none] integrity confidentiality\n') }),
  });
}

function groups(state: SimState): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>([['12', [managementPci]]]);
  if (!state.iommu) return new Map();
  for (const fn of [...state.pfs.flatMap((pf) => [pf, ...pf.vfs]), ...(state.boardDevices ?? [])]) {
    const group = String(fn.iommuGroup);
    found.set(group, [...(found.get(group) ?? []), fn.pci]);
  }
  return found;
}

function groupsDir(state: SimState): Node {
  return listing(
    () => [...groups(state).keys()],
    (group) => {
      const functions = groups(state).get(group);
      const links = functions?.map((pci) => [pci, () => link(`../../../../devices/${devicePath(pci)}`)]);
      return links && dir({ devices: () => dir(Object.fromEntries(links)) });
    },
  );
}

/** Under both PFs; readable by root only (facts §1.1). */
function mlx5Debug(state: SimState): Node {
  return listing(
    () => state.pfs.map((pf) => pf.pci),
    (pci) => (state.pfs.some((pf) => pf.pci === pci) ? dir({ lag: () => lagDebug(state) }) : undefined),
  );
}

function lagDebug(state: SimState): Node {
  const active = (read: () => string) => () =>
    file(() => {
      if (state.lag.type === 'none') throw new Refusal('EINVAL');
      return read();
    });
  return dir({
    state: () => file(() => (state.lag.type === 'none' ? 'disabled\n' : 'active\n')),
    type: active(() => `${state.lag.type}\n`),
    port_sel_mode: active(() => 'queue_affinity\n'),
    flags: active(() => `shared_fdb:${state.lag.sharedFdb ? 'on' : 'off'}\nfdb_selection_mode:native\n`),
    mapping: active(() =>
      lagMapping(state)
        .map((to, i) => `${i + 1}:${to}\n`)
        .join(''),
    ),
    members: () => file(() => state.pfs.map((pf) => `${pf.pci}\n`).join('')),
  });
}

/** /sys/class/infiniband */
export function infinibandDir(state: SimState): DirNode {
  return listing(
    () => infinibandNames(state),
    (name) => {
      const device = rdmaDevices(state).find((one) => one.name === name);
      return device && dir({ device: () => link(`../../../devices/${devicePath(device.pci)}`) });
    },
  );
}

/** /dev/vfio */
export function vfioDir(state: SimState): DirNode {
  const bound = () => boundTo(state, 'vfio-pci');
  const names = () =>
    state.modules.includes('vfio') ? ['vfio', ...new Set(bound().map((fn) => String(fn.iommuGroup)))] : [];
  return listing(names, (name) => (names().includes(name) ? { kind: 'file' } : undefined));
}
