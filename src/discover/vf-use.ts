import type { Patient } from '../doctor/ailment.ts';
import { linkNamed, seenOf } from '../doctor/seen-parts.ts';
import type { HostState, LinkState, VfAdmin, VfState } from '../model/host-state.ts';
import { asGuestName } from '../model/names.ts';
import type { Survey } from '../model/survey.ts';
import { isUnseen } from '../model/unseen.ts';

/** Who uses a VF, as seen on the host. */
export interface VfUse {
  readonly kind: 'external' | 'netns' | 'host';
  /** The same for all VFs of one user. */
  readonly by: string;
  /** A name for that user, if the host has one. */
  readonly name?: string;
  readonly says: string;
  /** Whether somebody has it right now, rather than only could have. */
  readonly isHeld: boolean;
  /** CIDRs seen on it. */
  readonly addresses: readonly string[];
  /** The MTU of its side in bytes, its default gateways, and its bond's ARP targets. */
  readonly mtu?: number;
  readonly gateways?: readonly string[];
  readonly arpTargets?: readonly string[];
}

export const unset = '00:00:00:00:00:00';

export function useOf({ state, survey }: Pick<Patient, 'state' | 'survey'>, vf: VfState): VfUse {
  return heldByProcess(state, survey, vf) ?? inNamespace(state, vf) ?? onHost(state, vf) ?? freeForVm(vf);
}

function heldByProcess(
  { holders }: HostState,
  survey: Survey,
  { driver, iommuGroup }: VfState,
): VfUse | undefined {
  if (driver !== 'vfio-pci' || isUnseen(holders)) return undefined;
  const holder = holders.find(({ path }) => path === `/dev/vfio/${iommuGroup}`);
  if (!holder) return undefined;
  const { command, pid } = holder;
  const vm = survey.holders.find((one) => one.pid === pid)?.vm;
  const known = vm === undefined || asGuestName(vm) === undefined ? {} : { name: vm };
  const says = `held by ${command} (pid ${pid}${vm === undefined ? '' : `, libvirt’s ${vm}`})`;
  return { kind: 'external', by: `pid ${pid}`, ...known, says, isHeld: true, addresses: [] };
}

function inNamespace({ namespaces, routes }: HostState, { pci }: VfState): VfUse | undefined {
  for (const [name, links] of Object.entries(namespaces)) {
    if (links === null || isUnseen(links)) continue;
    const link = links.find(({ parentDev }) => parentDev === pci);
    if (!link) continue;
    const lane = links.find((one) => one.name === link.master) ?? link;
    const says = `in the namespace ${name}`;
    const known = asGuestName(name) === undefined ? {} : { name };
    const ways = seenOf(routes[name]) ?? [];
    return {
      kind: 'netns',
      by: `netns ${name}`,
      ...known,
      says,
      isHeld: true,
      addresses: lane.addresses,
      mtu: lane.mtu,
      gateways: ways.flatMap(({ gateway, netdev }) => (netdev === lane.name ? [gateway] : [])),
      arpTargets: lane.bond?.arpTargets ?? [],
    };
  }
  return undefined;
}

/** A VF with the host's own driver and a netdev on the host. */
function onHost(state: HostState, { netdev }: VfState): VfUse | undefined {
  const link: LinkState | undefined = linkNamed(state, netdev);
  if (!link) return undefined;
  const lane = linkNamed(state, link.master) ?? link;
  const says = `the host’s own ${link.name}`;
  return {
    kind: 'host',
    by: 'host',
    name: 'machine',
    says,
    isHeld: lane.addresses.length > 0,
    addresses: lane.addresses,
  };
}

function freeForVm({ pci, driver }: VfState): VfUse {
  const says = driver === undefined ? 'without a driver' : `on ${driver}, held by nobody`;
  return { kind: 'external', by: `vf ${pci}`, says, isHeld: false, addresses: [] };
}

export function adminOf({ admin }: VfState): VfAdmin | undefined {
  return seenOf(admin);
}

export function hasMac(vf: VfState | undefined): boolean {
  const mac = vf === undefined ? undefined : adminOf(vf)?.mac;
  return mac !== undefined && mac !== unset;
}
