import { type Examined, placeOf } from '../doctor/rule.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { SystemState } from '../model/preparation.ts';
import { isUnseen } from '../model/unseen.ts';
import { needsKernel } from './kernel-recipe.ts';
import { needsIommu, packagesFor, wordsFor } from './preparation.ts';

/** What `prepare` cannot do itself and has to be done by hand. */
export function preparationFindings(examined: Examined, system: SystemState): readonly Finding[] {
  return [
    ...notDebian(examined, system),
    ...noSuchPackage(examined, system),
    ...firmware(examined, system),
    ...bootLoader(examined, system),
    ...restart(examined, system),
    ...kernel(examined, system),
  ];
}

function notDebian(examined: Examined, { debian }: SystemState): readonly Finding[] {
  if (debian !== undefined) return [];
  const names = packagesFor(examined, 0).join(', ');
  return [
    finding(
      'VF2234',
      placeOf(examined, 'connect'),
      `${examined.host.name} does not run Debian, so vflane does not know the names of its packages`,
      `Install what it has under other names: ${names}.`,
    ),
  ];
}

function noSuchPackage(examined: Examined, { coming, missing, debian }: SystemState): readonly Finding[] {
  if (!isUnseen(coming) || debian === undefined) return [];
  const names = isUnseen(missing) ? '' : `: ${missing.join(' ')}`;
  return [
    finding(
      'VF2233',
      placeOf(examined, 'datapath'),
      `${examined.host.name}: apt cannot install what is missing${names} (${coming.unseen})`,
      'On the host: apt-get update; and see that its sources name this Debian release (apt-cache policy).',
    ),
  ];
}

/** Intel’s can be enabled on the kernel’s command line; AMD’s is on unless it was disabled there. */
function firmware(examined: Examined, { iommuTables }: SystemState): readonly Finding[] {
  const { host, state } = examined;
  if (!needsIommu(examined) || state.iommu !== false) return [];
  if (!isUnseen(iommuTables) && iommuTables.includes('DMAR')) return [];
  const isAmd = !isUnseen(iommuTables) && iommuTables.includes('IVRS');
  const why = isAmd
    ? 'the firmware offers one, and the kernel was told to leave it alone'
    : 'the firmware offers none: neither a DMAR nor an IVRS table';
  return [
    finding(
      'VF2231',
      placeOf(examined, 'nic'),
      `${host.name} has no IOMMU: ${why}`,
      isAmd
        ? 'Take amd_iommu=off or iommu=off off the kernel’s command line, and restart the host.'
        : 'Switch it on in the firmware (VT-d, AMD-Vi, “IOMMU”), restart the host, and ask again.',
    ),
  ];
}

function bootLoader(examined: Examined, system: SystemState): readonly Finding[] {
  const words = wordsFor(examined, system);
  if (words.length === 0 || system.grub) return [];
  return [
    finding(
      'VF2235',
      placeOf(examined, 'connect'),
      `${examined.host.name} is not started by Debian’s GRUB, and its kernel needs ${words.join(' ')}`,
      'Add these words to the kernel’s command line in your boot loader (systemd-boot: /etc/kernel/cmdline), and restart the host.',
    ),
  ];
}

function restart(examined: Examined, system: SystemState): readonly Finding[] {
  const { commandLine } = system;
  const words = wordsFor(examined, system);
  const now = isUnseen(commandLine) ? [] : commandLine.split(/\s+/);
  const missing = words.filter((word) => !now.includes(word));
  if (missing.length === 0 || !system.grub) return [];
  return [
    finding(
      'VF2230',
      placeOf(examined, 'datapath'),
      `${examined.host.name} has to be restarted before its kernel has ${missing.join(' ')}`,
      'Restart it when its guests allow: vflane does not.',
    ),
  ];
}

function kernel(examined: Examined, system: SystemState): readonly Finding[] {
  if (!needsKernel(examined, system)) return [];
  return [
    finding(
      'VF2232',
      placeOf(examined, 'offload'),
      `${examined.host.name}: the kernel ${examined.state.kernel} has mlx5 without tc offload (CONFIG_NET_TC_SKB_EXT is not set)`,
      'Take one of the two ways that follow; vflane does neither by itself.',
    ),
  ];
}
