import { ovmf } from '../guest/firmware.ts';
import { qemuProgram } from '../guest/qemu-argv.ts';
import type { HostSpec } from '../model/host-spec.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import type { Change } from '../model/plan.ts';
import type { Sections } from '../observe/observe.ts';
import { machinesIn } from '../resource/machine-text.ts';

type Machines = Pick<Sections, 'machines'>;

/** What has to be looked at for a host's VMs: those of the file, and those that have left something of vflane's there. */
export function machinesFor(spec: HostSpec | undefined, left: Machines): Machines {
  const asked = spec === undefined ? [] : machinesIn(spec);
  const { machines } = left;
  if (asked.length === 0) return machines === undefined ? {} : { machines };
  const seeds = asked.flatMap(({ machine }) => machine.seed ?? []);
  const inLibvirt = asked.filter(({ machine }) => machine.manager === 'libvirt').map(({ name }) => name);
  return {
    machines: {
      guests: unique([...asked.map(({ name }) => name), ...(machines?.guests ?? [])]),
      domains: unique([...inLibvirt, ...(machines?.domains ?? [])]),
      images: unique(asked.map(({ machine }) => machine.image)),
      userData: unique(seeds.flatMap(({ userData }) => ('file' in userData ? [userData.file] : []))),
      hugepages: asked.some(({ machine }) => machine.hugepages),
      vfs: unique(
        asked.flatMap(({ machine }) =>
          machine.nics.flatMap((nic) => ('pf' in nic ? [`${nic.pf}/${nic.index}`] : [])),
        ),
      ),
      disksBehind: unique(asked.flatMap(({ machine }) => machine.pci)),
      programs: [
        qemuProgram,
        '/usr/bin/qemu-img',
        ...(inLibvirt.length > 0 ? ['/usr/bin/virsh'] : []),
        ...(asked.some(({ machine }) => machine.firmware === 'uefi') ? [ovmf.code] : []),
      ],
    },
  };
}

type AnyPlace = Pick<Change, 'resource' | 'at'> & { readonly [key: string]: unknown };

/** What has to be looked at to see these places again. */
export function machinesOf(places: readonly AnyPlace[]): Machines {
  const ours = places.filter(({ resource }) => resource.startsWith('vm-'));
  if (ours.length === 0) return {};
  const at = (some: typeof ours) => unique(some.map((place) => place.at));
  const guests = at(ours.filter(({ resource }) => resource !== 'vm-template'));
  const domains = at(ours.filter((place) => place.resource === 'vm-domain' || isOfLibvirt(place)));
  return { machines: { guests, domains, images: [], userData: [], programs: [] } };
}

function isOfLibvirt(place: { readonly [key: string]: unknown }): boolean {
  return Object.values(place).some(
    (value) => typeof value === 'object' && value !== null && 'by' in value && value.by === 'libvirt',
  );
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}

/** The PFs whose VFs occur in these places' values: without a look at them a VF's address is unknown. */
export function pfsOfMachines(places: readonly AnyPlace[]): readonly PciAddress[] {
  const ours = places.filter(({ resource }) => resource.startsWith('vm-') && resource !== 'vm-seed');
  const texts = ours.flatMap((place) => Object.values(place).map((value) => JSON.stringify(value ?? '')));
  const found = texts.flatMap((text) => text.match(pf) ?? []);
  return unique(found).flatMap((address) => asPciAddress(address) ?? []);
}

const pf = /[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7](?=>|\/\d)/g;
