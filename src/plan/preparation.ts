import { dpdkPackages } from '../doctor/dpdk-parts-missing.ts';
import type { Examined } from '../doctor/rule.ts';
import { guestPages } from '../model/hugepages.ts';
import { grubFile, modulesFile, type PreparationSpec, type SystemState } from '../model/preparation.ts';
import { isUnseen } from '../model/unseen.ts';
import { hugepages } from '../resource/hugepages.ts';

/** Packages of Debian that the file's part of this host needs, whether they are there or not. */
export function packagesFor(examined: Examined, debian: number): readonly string[] {
  const { spec, host } = examined;
  const [vms, byLibvirt] = [host.guests.filter(({ vm }) => vm !== undefined), isByLibvirt(examined)];
  return [
    ...['iproute2', 'kmod', 'ethtool'],
    ...(spec.overlay ? ['openvswitch-switch', 'nftables'] : []),
    ...dpdkPackages(examined, debian),
    ...(vms.length > 0 ? ['qemu-system-x86', 'qemu-utils'] : []),
    ...(vms.some(({ vm }) => vm?.firmware === 'uefi') ? ['ovmf'] : []),
    ...(byLibvirt ? ['libvirt-daemon-system', 'libvirt-clients'] : []),
  ];
}

function isByLibvirt({ host }: Examined): boolean {
  return host.guests.some(({ vm }) => vm?.manager === 'libvirt');
}

/** What is to be installed and written; if something cannot be, a finding of its own says so. */
export function preparationFor(examined: Examined, system: SystemState): PreparationSpec {
  const words = wordsFor(examined, system);
  const modules = modulesFor(examined);
  return {
    packages: packagesIn(system),
    files: {
      ...(words.length > 0 && system.grub ? { [grubFile]: grubText(words) } : {}),
      ...(modules.length > 0 ? { [modulesFile]: modulesText(modules) } : {}),
    },
  };
}

function packagesIn({ coming, missing }: SystemState): PreparationSpec['packages'] {
  if (isUnseen(coming) || isUnseen(missing)) return {};
  return Object.fromEntries(
    coming.map((name) => [name, missing.includes(name) ? 'manual' : 'auto'] as const),
  );
}

/** Whether some function of the host is to leave the kernel through VFIO. */
export function needsIommu({ spec }: Examined): boolean {
  const vfs = spec.nics.flatMap((nic) => nic.pfs.flatMap((pf) => pf.vfs));
  return vfs.some(({ driver }) => driver === 'vfio-pci') || (spec.underlay?.functions ?? []).length > 0;
}

/** Words of the kernel’s command line (admin-guide/kernel-parameters.txt) that this host has to be started with. */
export function wordsFor(examined: Examined, { iommuTables, commandLine }: SystemState): readonly string[] {
  const ours = oursIn(examined);
  const isIntel = !isUnseen(iommuTables) && iommuTables.includes('DMAR');
  const isOff = examined.state.iommu === false && isIntel;
  const isMended = ours.includes('intel_iommu=on');
  const isForeign =
    !isUnseen(commandLine) && / hugepages=/.test(` ${commandLine}`) && !ours.includes('hugepages=');
  return [
    ...(needsIommu(examined) && (isOff || isMended) ? ['intel_iommu=on', 'iommu=pt'] : []),
    ...(isForeign ? [] : hugepageWords(examined)),
  ];
}

/** Pages that are reserved at boot, before memory is fragmented, in the places where the running host needs them (hugepages.ts). */
function hugepageWords({ spec, state }: Examined): readonly string[] {
  const [place] = hugepages.wanted(spec, state);
  if (place === undefined) return [];
  const pages = (spec.overlay?.hugepages ?? 0) + guestPages(spec);
  const node = /^node(\d+)$/.exec(place.at)?.[1];
  return ['hugepagesz=2M', `hugepages=${node === undefined ? '' : `${node}:`}${pages}`];
}

function oursIn({ state }: Examined): string {
  const text = state.bootFiles?.[grubFile];
  return typeof text === 'string' ? text : '';
}

function modulesFor(examined: Examined): readonly string[] {
  const taps = examined.host.nic.kind === 'software' && examined.host.guests.some(({ vm }) => vm);
  return [...(needsIommu(examined) ? ['vfio-pci'] : []), ...(taps ? ['tun', 'vhost-net'] : [])];
}

const head = '# Written by `vflane prepare`; `vflane undo` or `vflane destroy` takes it away.\n';

/** The file is shell code that grub-mkconfig reads. */
function grubText(words: readonly string[]): string {
  return `${head}GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${words.join(' ')}"\n`;
}

function modulesText(modules: readonly string[]): string {
  return `${head}${modules.join('\n')}\n`;
}
