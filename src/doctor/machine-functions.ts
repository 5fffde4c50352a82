import type { Finding } from '../model/finding.ts';
import type { FunctionState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { guestFinding, machinesOf } from './machine-parts.ts';
import type { Examined, Rule } from './rule.ts';

/** A function that a VM is to be given whole has to exist, behind an IOMMU, alone in its group, and unused. */
export const machineFunctions: Rule = (examined) =>
  machinesOf(examined).flatMap(({ name, machine }) =>
    machine.pci.flatMap((pci) => {
      const one = (examined.state.functions ?? []).find((candidate) => candidate.pci === pci);
      return one === undefined ? [] : troubles(examined, name, one);
    }),
  );

function troubles(examined: Examined, guest: string, one: FunctionState): readonly Finding[] {
  const tell = (what: string, hint: string) => guestFinding(examined, 'VF2077', guest, what, hint, 'pci');
  const { pci, present } = one;
  if (!present)
    return [
      tell(`there is no PCI function ${pci}, which ${guest} is to be given`, 'Look for it with `lspci -D`.'),
    ];
  if (examined.state.iommu === false)
    return [
      tell(
        `there is no IOMMU, but ${guest} can get ${pci} only through one`,
        'Switch it on in the BIOS (AMD-Vi, VT-d); on Intel add intel_iommu=on to the kernel command line and reboot.',
      ),
    ];
  return [...inGroup(examined, guest, one), ...inUse(examined, guest, one)].map(([what, hint]) =>
    tell(what, hint),
  );
}

type Trouble = readonly [what: string, hint: string];

function inGroup(examined: Examined, guest: string, { pci, besides }: FunctionState): readonly Trouble[] {
  if (isUnseen(besides)) return [];
  const given = new Set(
    machinesOf(examined)
      .filter(({ name }) => name === guest)
      .flatMap(({ machine }) => machine.pci),
  );
  const others = besides.filter((other) => !given.has(other.pci));
  if (others.length === 0) return [];
  const which = others.map((other) => `${other.pci} (${other.driver})`).join(', ');
  const what = `${pci}, for ${guest}, is in one IOMMU group with ${which}, which the host has`;
  return [[what, `Give ${guest} these as well, put the device into another slot, or delete it.`]];
}

function inUse(examined: Examined, guest: string, { pci, netdev }: FunctionState): readonly Trouble[] {
  const { links, machines, session } = examined.state;
  const blocks = machines?.blockUse[pci];
  const disks = blocks === undefined || isUnseen(blocks) ? [] : blocks;
  const link =
    netdev === undefined || isUnseen(links) ? undefined : links.find(({ name }) => name === netdev);
  const uses = [
    ...disks,
    ...(link && link.addresses.length > 0 ? [`${link.name} has ${link.addresses.join(', ')}`] : []),
    ...(netdev !== undefined && netdev === session ? [`${netdev} is how you are connected`] : []),
  ];
  if (uses.length === 0) return [];
  const what = `${pci}, for ${guest}, is in use by the host: ${uses.join('; ')}`;
  return [[what, 'Unmount it, or move what is on it, and ask again; or delete it from the guest.']];
}

/** A VF that shares its group with something of the host's: QEMU says `group N is not viable` (facts §3.3). */
export const machineGroups: Rule = (examined) =>
  machinesOf(examined).flatMap(({ name, machine }) =>
    machine.nics.flatMap((nic) => {
      const vf = 'pf' in nic ? vfOf(examined, nic.pf, nic.index) : undefined;
      const besides = vf && examined.state.machines?.besides[vf.pci];
      if (vf === undefined || besides === undefined || isUnseen(besides) || besides.length === 0) return [];
      const which = besides.map((other) => `${other.pci} (${other.driver})`).join(', ');
      const what = `IOMMU group ${vf.iommuGroup} of ${vf.pci}, a VF of ${name}, is not viable: ${which} is in it, too`;
      const hint = 'Switch ACS on in the BIOS, or put the card into a slot of its own root port.';
      return [guestFinding(examined, 'VF2077', name, what, hint)];
    }),
  );

function vfOf({ state }: Examined, pf: string, index: number) {
  return state.pfs.find(({ pci }) => pci === pf)?.vfs.find((vf) => vf.index === index);
}
