import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { FunctionState } from '../model/host-state.ts';
import { ledgerKey } from '../model/ledger.ts';
import { isUnseen } from '../model/unseen.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/** A port that DPDK is to take whole, but cannot, or not without harm. */
export const functionTaken: Rule = (examined) => {
  const taken = (examined.state.functions ?? []).filter(({ pci }) => isAsked(examined, pci));
  return taken.flatMap((one) => (one.present ? hindrances(examined, one) : [absent(examined, one)]));
};

function isAsked({ spec }: Examined, pci: string): boolean {
  return (spec.underlay?.functions ?? []).some((asked) => asked === pci);
}

function absent(examined: Examined, { pci }: FunctionState): Finding {
  return hostFinding(
    examined,
    'VF2001',
    `there is no PCI function ${pci}`,
    'Look for the port with `lspci -D | grep -i ethernet`, and name it in `underlay.ports`.',
  );
}

function hindrances(examined: Examined, one: FunctionState): readonly Finding[] {
  return [
    ...withoutIommu(examined, one),
    ...groupShared(examined, one),
    ...vfsLost(examined, one),
    ...netdevInUse(examined, one),
  ];
}

function withoutIommu(examined: Examined, { pci }: FunctionState): readonly Finding[] {
  if (examined.state.iommu !== false) return [];
  const hint =
    'Switch it on in the BIOS (AMD-Vi, VT-d); on Intel add intel_iommu=on to the kernel command line and reboot.';
  return [hostFinding(examined, 'VF2005', `there is no IOMMU, and DPDK takes ${pci} through it`, hint)];
}

/** DPDK gets a whole group or nothing (Documentation/driver-api/vfio.rst). */
function groupShared(examined: Examined, { pci, besides }: FunctionState): readonly Finding[] {
  if (isUnseen(besides)) return [];
  const others = besides.filter((other) => !isAsked(examined, other.pci));
  if (others.length === 0) return [];
  const which = others.map((other) => `${other.pci} (${other.driver})`).join(', ');
  return [
    hostFinding(
      examined,
      'VF2066',
      `${pci} is in one IOMMU group with ${which}, which the kernel would have to give up as well`,
      'Put the card into another slot, or use the netdev: ports by name need no IOMMU.',
    ),
  ];
}

/** VFs go with the driver of their PF. */
function vfsLost(examined: Examined, { pci, numVfs }: FunctionState): readonly Finding[] {
  if (isUnseen(numVfs) || numVfs === 0) return [];
  if (examined.ledger?.entries.has(ledgerKey('num-vfs', pci))) return [];
  const hint = `If nothing uses them: echo 0 > /sys/bus/pci/devices/${pci}/sriov_numvfs. Else name another port.`;
  return [
    hostFinding(
      examined,
      'VF2067',
      `${pci} is to go to DPDK, but has ${numVfs} VFs, which would be lost`,
      hint,
    ),
  ];
}

/** Nothing of the host's may stand on a netdev that disappears. */
function netdevInUse(examined: Examined, { pci, netdev }: FunctionState): readonly Finding[] {
  const { links, session } = examined.state;
  if (netdev === undefined || isUnseen(links)) return [];
  const addresses = links.find(({ name }) => name === netdev)?.addresses ?? [];
  const above = links.filter(({ lower }) => lower === netdev).map(({ name }) => name);
  const uses = [
    ...(addresses.length > 0 ? [`carries ${addresses.join(', ')}`] : []),
    ...(above.length > 0 ? [`is under ${above.join(', ')}`] : []),
    ...(netdev === session ? ['is how you are connected'] : []),
  ];
  if (uses.length === 0) return [];
  return [
    hostFinding(
      examined,
      'VF2064',
      `${netdev} (${pci}) ${uses.join(' and ')}, but is to go to DPDK: the host would lose it`,
      'Name ports that the host itself does not use, or move what is on it to another netdev.',
    ),
  ];
}

function hostFinding(examined: Examined, code: string, what: string, hint: string): Finding {
  return finding(code, placeOf(examined, 'underlay', 'ports'), `${examined.host.name}: ${what}`, hint);
}
