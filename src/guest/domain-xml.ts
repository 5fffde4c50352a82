import { createHash } from 'node:crypto';
import { guestPaths } from '../model/guest-paths.ts';
import type { MachineNic, MachineSpec } from '../model/machine.ts';
import { ovmf } from './firmware.ts';
import type { Placement } from './qemu-argv.ts';
import { addressToken } from './vf-token.ts';

/**
 * A guest as libvirt's domain (libvirt.org, formatdomain). `managed='no'`: vflane has bound what is passed through already,
 * and nothing else may touch it. The digest in its metadata says which text libvirt was given. `format`: the image's.
 */
export function domainXml(name: string, machine: MachineSpec, placement: Placement, format: string): string {
  const body = bodyOf(name, machine, placement, format);
  const digest = createHash('sha256').update(body).digest('hex');
  const metadata = `  <metadata><vflane:guest xmlns:vflane='urn:vflane:guest:1' digest='${digest}'/></metadata>\n`;
  // At its end, so that of two of them the first line that is apart says in what.
  return `<domain type='kvm'>\n  <name>${name}</name>\n${body}${metadata}</domain>\n`;
}

function bodyOf(name: string, machine: MachineSpec, { node, cpus }: Placement, format: string): string {
  const { memoryMiB, hugepages, firmware } = machine;
  const paths = guestPaths(name);
  const placed = cpus === undefined ? '' : ` placement='static' cpuset='${cpus}'`;
  return lines([
    `  <memory unit='MiB'>${memoryMiB}</memory>`,
    `  <vcpu${placed}>${machine.cpus}</vcpu>`,
    ...(node === undefined ? [] : [`  <numatune><memory mode='preferred' nodeset='${node}'/></numatune>`]),
    ...(hugepages
      ? ["  <memoryBacking><hugepages><page size='2' unit='MiB'/></hugepages></memoryBacking>"]
      : []),
    "  <os><type arch='x86_64' machine='q35'>hvm</type>",
    ...(firmware === 'uefi'
      ? [
          `    <loader readonly='yes' type='pflash'>${ovmf.code}</loader>`,
          `    <nvram>${paths.variables}</nvram>`,
        ]
      : []),
    '  </os>',
    '  <features><acpi/><apic/></features>',
    "  <cpu mode='host-passthrough'/>",
    '  <on_poweroff>destroy</on_poweroff>',
    '  <on_reboot>restart</on_reboot>',
    '  <on_crash>destroy</on_crash>',
    '  <devices>',
    ...devicesOf(name, machine, format),
    '  </devices>',
  ]);
}

function devicesOf(name: string, { pci, nics, seed, image }: MachineSpec, format: string): readonly string[] {
  const paths = guestPaths(name);
  return [
    '    <emulator>/usr/bin/qemu-system-x86_64</emulator>',
    ...disk('qcow2', paths.disk, 'vda', `<boot order='1'/>${below(image, format)}`),
    ...(seed === undefined ? [] : disk('raw', paths.seed, 'vdb', '<readonly/>')),
    "    <serial type='pty'/><console type='pty'/>",
    "    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
    "    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
    "    <memballoon model='none'/>",
    ...pci.map((address) => hostdev(addressAttributes(address))),
    ...nics.map(nicOf),
  ];
}

function disk(format: string, path: string, target: string, more: string): readonly string[] {
  return [
    "    <disk type='file' device='disk'>",
    `      <driver name='qemu' type='${format}'/><source file='${path}'/><target dev='${target}' bus='virtio'/>${more}`,
    '    </disk>',
  ];
}

/**
 * Without it libvirt looks into the disk for what that stands on and gives QEMU's user what it finds, to read, and 11.3 a data
 * file to write to (libvirt.org, kbase/backing_chains): any file of the host's that who has broken out of QEMU wrote there.
 */
function below(image: string, format: string): string {
  return `<backingStore type='file'><format type='${format}'/><source file='${image}'/><backingStore/></backingStore>`;
}

function nicOf(nic: MachineNic): string {
  if ('pf' in nic) return hostdev(addressToken(nic.pf, nic.index));
  const driver = nic.plain
    ? "<driver name='qemu'><host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off'/><guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/></driver>"
    : '';
  return `    <interface type='ethernet'><mac address='${nic.mac}'/><target dev='${nic.tap}' managed='no'/><model type='virtio'/>${driver}</interface>`;
}

function hostdev(address: string): string {
  return `    <hostdev mode='subsystem' type='pci' managed='no'><source><address ${address}/></source></hostdev>`;
}

/** `0000:41:00.0` as the attributes of libvirt's `<address>`. */
export function addressAttributes(pci: string): string {
  const [domain, bus, slot, fn] = pci.split(/[:.]/);
  return `domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${fn}'`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
