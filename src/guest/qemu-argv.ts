import { type GuestPaths, guestPaths } from '../model/guest-paths.ts';
import type { MachineNic, MachineSpec } from '../model/machine.ts';
import { ovmf } from './firmware.ts';
import { vfToken } from './vf-token.ts';

/** Where on the host a guest belongs: the NUMA node of its card. */
export interface Placement {
  readonly node?: number;
  /** The node's CPUs, as the kernel lists them. */
  readonly cpus?: string;
}

export const qemuProgram = '/usr/bin/qemu-system-x86_64';

/** QEMU's command line for a guest (qemu(1)); `<VF 3 of 0000:03:00.0>` stands for an address that is not known yet. */
export function qemuArgv(name: string, machine: MachineSpec, { node }: Placement): readonly string[] {
  const paths = guestPaths(name);
  return [
    qemuProgram,
    ...['-name', `guest=${name},debug-threads=on`],
    ...['-nodefaults', '-no-user-config', '-display', 'none'],
    // `elevateprivileges` would forbid the change of user; the unit's NoNewPrivileges= serves instead.
    ...['-sandbox', 'on,obsolete=deny,spawn=deny,resourcecontrol=deny'],
    ...['-machine', machineWords(machine)],
    ...['-cpu', 'max', '-smp', `${machine.cpus}`, '-m', `${machine.memoryMiB}`],
    ...['-object', memoryWords(machine, node)],
    ...firmwareWords(machine, paths),
    ...diskWords(machine, paths),
    ...['-device', 'virtio-rng-pci'],
    ...socketWords(paths),
    ...machine.pci.flatMap((pci, place) => passed(pci, `given${place}`, place + 1)),
    ...machine.nics.flatMap((nic, place) => nicWords(nic, place, machine.pci.length + place + 1)),
    ...['-pidfile', paths.pidFile],
  ];
}

/** KVM if the host has it; `-cpu max` then means the host's own. */
function machineWords({ firmware }: MachineSpec): string {
  const flash = firmware === 'uefi' ? ',pflash0=firmware0,pflash1=firmware1' : '';
  return `q35,accel=kvm:tcg,memory-backend=ram0${flash}`;
}

/** Reserved pages are taken from the card's node or not at all; other memory comes from there if there is room. */
function memoryWords({ memoryMiB, hugepages }: MachineSpec, node: number | undefined): string {
  const size = `id=ram0,size=${memoryMiB}M`;
  const place = (policy: string) => (node === undefined ? '' : `,host-nodes=${node},policy=${policy}`);
  if (!hugepages) return `memory-backend-ram,${size}${place('preferred')}`;
  return `memory-backend-memfd,${size},hugetlb=on,hugetlbsize=2M,prealloc=on${place('bind')}`;
}

function firmwareWords({ firmware }: MachineSpec, { variables }: GuestPaths): readonly string[] {
  if (firmware === 'bios') return [];
  return [
    ...['-blockdev', `driver=file,node-name=firmware0,read-only=on,filename=${ovmf.code}`],
    ...['-blockdev', `driver=file,node-name=firmware1,filename=${variables}`],
  ];
}

function diskWords({ seed }: MachineSpec, paths: GuestPaths): readonly string[] {
  const file = (path: string) => `file.driver=file,file.filename=${comma(path)}`;
  const disk = `driver=qcow2,node-name=disk0,discard=unmap,${file(paths.disk)}`;
  return [
    ...['-blockdev', disk, '-device', 'virtio-blk-pci,drive=disk0,bootindex=1'],
    ...(seed === undefined
      ? []
      : [
          '-blockdev',
          `driver=raw,node-name=seed0,read-only=on,${file(paths.seed)}`,
          ...['-device', 'virtio-blk-pci,drive=seed0'],
        ]),
  ];
}

/** The serial console, QMP, and the guest agent's channel (qemu-ga(8)). */
function socketWords({ console, qmp, agent }: GuestPaths): readonly string[] {
  const server = 'server=on,wait=off';
  return [
    ...['-chardev', `socket,id=console0,path=${console},${server}`, '-serial', 'chardev:console0'],
    ...['-qmp', `unix:${qmp},${server}`],
    ...['-chardev', `socket,id=agent0,path=${agent},${server}`],
    ...['-device', 'virtio-serial-pci'],
    ...['-device', 'virtserialport,chardev=agent0,name=org.qemu.guest_agent.0'],
  ];
}

function nicWords(nic: MachineNic, place: number, chassis: number): readonly string[] {
  if ('pf' in nic) return passed(vfToken(nic.pf, nic.index), `lane${place}`, chassis);
  const { tap, mac, plain } = nic;
  const header = plain ? ',vnet_hdr=off' : '';
  return [
    ...['-netdev', `tap,id=net${place},ifname=${tap},script=no,downscript=no${header}`],
    ...['-device', `virtio-net-pci,netdev=net${place},mac=${mac}`],
  ];
}

/** A function behind a root port of its own, as on the host: its PCI Express features work only that way. */
function passed(address: string, id: string, chassis: number): readonly string[] {
  return [
    ...['-device', `pcie-root-port,id=${id}port,chassis=${chassis},slot=${chassis}`],
    ...['-device', `vfio-pci,id=${id},host=${address},bus=${id}port`],
  ];
}

/** A comma ends a value, and a doubled one stands for itself (qemu(1), -drive). */
function comma(value: string): string {
  return value.replaceAll(',', ',,');
}
