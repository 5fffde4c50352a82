import { guid } from '../macs.ts';
import type { SimState } from '../state.ts';
import { all, type Element, parseXml, printXml } from './domain-xml.ts';
import type { Domain } from './machine.ts';
import type { MachineArgs } from './qemu-args.ts';

const kib: { readonly [unit: string]: number } = {
  KiB: 1,
  k: 1,
  MiB: 1024,
  M: 1024,
  GiB: 1024 ** 2,
  G: 1024 ** 2,
  TiB: 1024 ** 3,
  bytes: 1 / 1024,
};

/** The domain defined by an XML, or what is wrong with it. */
export function domainOf(state: SimState, text: string): Domain | string {
  const root = parseXml(text);
  if (typeof root === 'string') return `(domain_definition):1: ${root}`;
  if (root.name !== 'domain') return `XML error: unexpected root element <${root.name}>, expecting <domain>`;
  const name = all(root, 'name')[0]?.text.trim() ?? '';
  if (name === '') return 'XML error: missing name element';
  if (all(root, 'os', 'type').length === 0) return 'XML error: an os <type> must be specified';
  if (all(root, 'memory').length === 0)
    return 'XML error: Memory size must be specified via <memory> or in the <numa> configuration';
  const given = all(root, 'uuid')[0]?.text.trim();
  const uuid = given ?? state.domains?.[name]?.uuid ?? guid(`domain/${state.name}/${name}`);
  return { name, uuid, xml: printXml(completed(root, uuid)), autostart: false, pid: 0, managed: [] };
}

/** libvirt adds defaults, and writes sizes in KiB. */
function completed(root: Element, uuid: string): Element {
  const memory = memoryKib(root);
  const leaf = (name: string, text: string, attributes = {}): Element => ({
    name,
    attributes,
    children: [],
    text,
  });
  const inKib = { unit: 'KiB' };
  const children = root.children
    .filter(({ name }) => name !== 'uuid' && name !== 'currentMemory')
    .flatMap((child) => {
      if (child.name === 'name') return [child, leaf('uuid', uuid)];
      if (child.name === 'memory')
        return [leaf('memory', String(memory), inKib), leaf('currentMemory', String(memory), inKib)];
      if (child.name === 'vcpu')
        return [{ ...child, attributes: { placement: 'static', ...child.attributes } }];
      return [child];
    });
  return { ...root, children };
}

function memoryKib(root: Element): number {
  const [memory] = all(root, 'memory');
  return Math.round(Number(memory?.text.trim() ?? 0) * (kib[memory?.attributes.unit ?? 'KiB'] ?? 1));
}

export interface HostDevice {
  readonly pci: string;
  readonly managed: boolean;
}

/** PCI functions of a domain: plain ones, and SR-IOV netdevs. */
export function hostDevicesOf(root: Element): readonly HostDevice[] {
  return [...all(root, 'devices', 'hostdev'), ...all(root, 'devices', 'interface')]
    .filter(({ name, attributes }) => name === 'hostdev' || attributes.type === 'hostdev')
    .flatMap((device) =>
      all(device, 'source', 'address').map(({ attributes }) => ({
        pci: addressOf(attributes),
        managed: device.attributes.managed === 'yes',
      })),
    );
}

function addressOf({
  domain = '0',
  bus = '0',
  slot = '0',
  function: fn = '0',
}: Element['attributes']): string {
  const hex = (text: string, width: number) => Number(text).toString(16).padStart(width, '0');
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${Number(fn).toString(16)}`;
}

/** The arguments with which libvirt starts QEMU. */
export function machineArgsOf(root: Element): MachineArgs {
  const name = all(root, 'name')[0]?.text.trim() ?? '';
  const mib = memoryKib(root) / 1024;
  const [page] = all(root, 'memoryBacking', 'hugepages');
  const pageKib = Number(all(root, 'memoryBacking', 'hugepages', 'page')[0]?.attributes.size ?? 2048);
  return {
    name,
    memoryMib: mib,
    backends: [{ id: 'pc.ram', mib, hugetlb: page !== undefined, pageKib }],
    usesBackend: true,
    drives: all(root, 'devices', 'disk').flatMap(driveOf),
    vfio: hostDevicesOf(root).map(({ pci }) => ({
      address: pci,
      option: `-device {"driver":"vfio-pci","host":"${pci}"}`,
    })),
    taps: [],
    sockets: all(root, 'devices', 'channel').flatMap((channel) => {
      const agent = all(channel, 'target').some(
        ({ attributes }) => attributes.name === 'org.qemu.guest_agent.0',
      );
      const path = all(channel, 'source')[0]?.attributes.path ?? `/run/libvirt/qemu/channel/${name}.agent`;
      return agent ? [{ kind: 'agent' as const, path }] : [];
    }),
    pidfile: `/run/libvirt/qemu/${name}.pid`,
    daemonizes: true,
  };
}

function driveOf(disk: Element): MachineArgs['drives'] {
  const path = all(disk, 'source')[0]?.attributes.file;
  if (path === undefined) return [];
  const format = all(disk, 'driver')[0]?.attributes.type ?? 'raw';
  const writes = all(disk, 'readonly').length === 0 && disk.attributes.device !== 'cdrom';
  return [{ path, format, writes, option: `-blockdev {"driver":"file","filename":"${path}"}` }];
}
