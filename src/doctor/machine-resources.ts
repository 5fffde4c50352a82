import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { guestPages } from '../model/hugepages.ts';
import { isUnseen } from '../model/unseen.ts';
import { guestFinding, isRunning, machinesOf } from './machine-parts.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/** What QEMU needs besides its guest's memory, in MiB: its heap, page tables, and devices. */
const besidesMiB = 128;

/** Memory for every guest that is to be started: VFIO pins all of it (facts §10), so it cannot be overcommitted. */
export const machineMemory: Rule = (examined) => {
  const memory = examined.state.machines?.memory;
  if (memory === undefined || isUnseen(memory)) return [];
  const starting = machinesOf(examined).filter(
    ({ name, machine }) => machine.autostart && !isRunning(examined.state.machines?.guests[name]),
  );
  const plain = starting.filter(({ machine }) => !machine.hugepages);
  const pagesMiB = missingPages(examined) * 2;
  const neededMiB = plain.reduce((sum, { machine }) => sum + machine.memoryMiB + besidesMiB, pagesMiB);
  return neededMiB <= memory.freeMiB
    ? []
    : [
        tooMuch(
          examined,
          starting.map(({ name }) => name),
          neededMiB,
          memory,
        ),
      ];
};

/** Pages of 2 MiB that still have to be reserved. */
function missingPages({ spec, state }: Examined): number {
  const pages = guestPages(spec);
  const have = state.hugepages?.host;
  return pages === 0 || typeof have !== 'number'
    ? 0
    : Math.max(0, pages + (spec.overlay?.hugepages ?? 0) - have);
}

function tooMuch(
  examined: Examined,
  names: readonly string[],
  neededMiB: number,
  { totalMiB, freeMiB }: { readonly totalMiB: number; readonly freeMiB: number },
): Finding {
  const what = `${names.join(', ')} would take ${neededMiB} MiB of memory, and ${freeMiB} of ${totalMiB} MiB are free`;
  return finding(
    'VF2076',
    placeOf(examined, 'guests', ...(names.length === 1 ? [names[0] ?? '', 'vm', 'memory'] : [])),
    `${examined.host.name}: ${what}`,
    'Give them less, stop something else, or set autostart: false on some.',
  );
}

/** A VF that another process has open: QEMU would fail with "Device or resource busy". */
export const machineVfsHeld: Rule = (examined) => {
  const { state } = examined;
  if (isUnseen(state.holders)) return [];
  const holders = new Map(state.holders.map((holder) => [holder.path, holder]));
  return machinesOf(examined).flatMap(({ name, machine }) => {
    if (isRunning(state.machines?.guests[name])) return [];
    return machine.nics.flatMap((nic) => {
      if (!('pf' in nic)) return [];
      const vf = state.pfs.find(({ pci }) => pci === nic.pf)?.vfs.find(({ index }) => index === nic.index);
      const holder = vf?.driver === 'vfio-pci' ? holders.get(`/dev/vfio/${vf.iommuGroup}`) : undefined;
      if (vf === undefined || holder === undefined) return [];
      const what = `${vf.pci}, a VF of ${name}, is held by ${holder.command} (pid ${holder.pid}), which vflane did not start`;
      return [
        guestFinding(
          examined,
          'VF2078',
          name,
          what,
          `End that process first (ps -fp ${holder.pid}), and ask again.`,
        ),
      ];
    });
  });
};
