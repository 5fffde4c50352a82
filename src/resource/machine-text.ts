import { domainXml } from '../guest/domain-xml.ts';
import { dropInText } from '../guest/guest-unit.ts';
import { type Placement, qemuArgv } from '../guest/qemu-argv.ts';
import { vfsIn, withTokens } from '../guest/vf-token.ts';
import type { GuestSpec, HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import type { MachineSpec } from '../model/machine.ts';
import { isUnseen } from '../model/unseen.ts';
import { vfAt } from './place.ts';

export interface Machine {
  readonly name: string;
  readonly machine: MachineSpec;
}

export function machinesIn({ guests }: HostSpec, manager?: MachineSpec['manager']): readonly Machine[] {
  return guests.flatMap(({ name, machine }: GuestSpec) =>
    machine && (manager === undefined || machine.manager === manager) ? [{ name, machine }] : [],
  );
}

/** A guest's definition for systemd or libvirt; each VF is named by its PF and index. */
export function definitionOf(one: Machine, spec: HostSpec, state: HostState): string {
  const { name, machine } = one;
  const placement = placementOf(spec, state);
  if (machine.manager === 'libvirt') return domainXml(name, machine, placement, imageFormat(one, state));
  return dropInText(name, machine.image, qemuArgv(name, machine, placement), placement.cpus);
}

/** As the image itself has it; of one that cannot be looked at, and a rule says so, as libvirt was told. */
function imageFormat({ name, machine }: Machine, { machines }: HostState): string {
  const image = machines?.images[machine.image];
  if (image !== undefined && image !== null && !isUnseen(image)) return image.format;
  const domain = machines?.guests[name]?.domain;
  const told = domain === undefined || domain === null || isUnseen(domain) ? null : domain.xml;
  return /<format type='(\w+)'/.exec(told ?? '')?.[1] ?? 'raw';
}

/** Near the card, on a machine with several nodes; otherwise wherever the kernel likes. */
function placementOf({ nics }: HostSpec, { pfs }: HostState): Placement {
  const first = nics[0]?.pfs[0]?.pci;
  const card = pfs.find(({ pci }) => pci === first);
  const { numaNode: node, localCpus: cpus } = card ?? {};
  if (node === undefined || isUnseen(node) || node < 0) return {};
  return cpus === undefined || isUnseen(cpus) || cpus === '' ? { node } : { node, cpus };
}

/** A text found on the host, in the form of `definitionOf`. */
export function asWritten(text: string, { pfs }: HostState): string {
  return withTokens(text, pfs);
}

/** What a guest of this definition stands on: the drivers of its VFs, and its taps. */
export function basesOf(definition: string): readonly string[] {
  const taps = [...definition.matchAll(/ifname=([^,"]+)|<target dev='([^']+)' managed='no'/g)];
  const given = [...definition.matchAll(/vfio-pci,id=given\d+,host=([0-9a-f:.]+)/g), ...givenIn(definition)];
  return [
    ...given.map(([, address = '']) => `pci-driver ${address}`),
    ...vfsIn(definition).map(({ pf, index }) => `vf-driver ${vfAt(pf, index)}`),
    ...taps.map((match) => `tap-port ${match[1] ?? match[2]}`),
  ];
}

/** Functions as libvirt names them, in parts. */
function givenIn(definition: string): readonly (readonly string[])[] {
  const parts = /domain='0x([0-9a-f]{4})' bus='0x([0-9a-f]{2})' slot='0x([0-9a-f]{2})' function='0x([0-7])'/g;
  return [...definition.matchAll(parts)].map(([all, domain, bus, slot, fn]) => [
    all,
    `${domain}:${bus}:${slot}.${fn}`,
  ]);
}
