import { type HostState, isUnseen, type PfState, type VfState } from '../model/host-state.ts';
import { softwareIn } from '../operate/forwarding.ts';
import type { HostPlan } from '../operate/plan-host.ts';

/** The card of a host, as a person reads it. */
export function linesOf(host: string, looked: HostPlan): readonly string[] {
  const { kernel, pfs } = looked.state;
  const inSoftware = softwareIn(looked.plan).length > 0 ? ', forwards in software' : '';
  return [`${host}: kernel ${kernel}${inSoftware}`, ...pfs.flatMap((pf) => pfLines(pf, looked))];
}

function pfLines(pf: PfState, looked: HostPlan): readonly string[] {
  if (!pf.present) return [`  ${pf.pci} is not there`];
  const { links } = looked.state;
  const link = isUnseen(links) ? undefined : links.find(({ name }) => name === pf.netdev);
  const port = link
    ? `${link.up ? 'up' : 'down'}${link.carrier ? '' : ', no carrier'}, MTU ${link.mtu}`
    : 'no netdev';
  const pool = `${shown(pf.numVfs)} of ${shown(pf.totalVfs)} VFs`;
  const title = `  ${pf.pci} ${pf.netdev ?? ''} (${pf.driver ?? 'no driver'}): ${port}, ${pool}`;
  return [title, ...pf.vfs.map((vf) => vfLine(pf, vf, looked))];
}

function vfLine(pf: PfState, vf: VfState, { spec, fold, state }: HostPlan): string {
  const pfs = spec?.nics.flatMap((nic) => nic.pfs) ?? [];
  const port = pfs.findIndex(({ pci }) => pci === pf.pci);
  const wanted = pfs[port]?.vfs[vf.index]?.owner;
  // On an overlay a place is one VF, of port 0's pool first and then of port 1's; elsewhere it is one of each port.
  const slot = spec?.overlay && port > 0 ? port * (pfs[0]?.numVfs ?? 0) + vf.index : vf.index;
  const had = Object.entries(fold.ledger.allocation).find(([, index]) => index === slot)?.[0];
  const owner = had ?? (wanted ? `${wanted.guest}/${wanted.network} (not applied)` : 'spare');
  const admin = isUnseen(vf.admin)
    ? `settings not seen: ${vf.admin.unseen}`
    : `${vf.admin.mac}, VLAN ${vf.admin.vlan}, spoofchk ${vf.admin.spoofchk ? 'on' : 'off'}`;
  return `    VF ${`${vf.index}`.padStart(3)} ${vf.pci}  ${(vf.driver ?? 'no driver').padEnd(9)}  ${admin}  ${owner}${openIn(vf, state)}`;
}

/** The process that has the VF open: as a rule its guest's VM. */
function openIn({ driver, iommuGroup }: VfState, { holders }: HostState): string {
  if (driver !== 'vfio-pci' || isUnseen(holders)) return '';
  const holder = holders.find(({ path }) => path === `/dev/vfio/${iommuGroup}`);
  return holder ? `, open in ${holder.command} (pid ${holder.pid})` : '';
}

function shown(value: number | { readonly unseen: string }): string {
  return isUnseen(value) ? '?' : `${value}`;
}
