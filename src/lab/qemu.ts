import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { hostFiles, labFiles } from './folder.ts';
import type { Image } from './image.ts';
import { credentials } from './recipe-files.ts';

/** One host for QEMU to emulate. */
export interface Machine {
  readonly name: string;
  /** Its place in the lab, from 0: its MACs follow from it. */
  readonly index: number;
  readonly sshPort: number;
  readonly accel: 'kvm' | 'tcg';
  readonly memoryMb: number;
  /** Number of processors; absent for a number that suits this `accel`. */
  readonly cpus?: number;
  readonly image: Image;
}

/** Arguments of a QEMU of this version for a host of the lab in `dir`; it runs there, so all other paths are relative. */
export function machineArgv(dir: string, machine: Machine, version: string): readonly string[] {
  const files = hostFiles(machine.name);
  return [
    ...['-name', `vflane-lab-${machine.name}`, '-pidfile', join(dir, files.pid)],
    ...platform(machine.accel, machine.memoryMb, machine.cpus),
    ...['-serial', `file:${files.serial}`, '-qmp', `unix:${files.qmp},server=on,wait=off`],
    ...kernel(machine),
    ...['-drive', `file=${files.disk},format=qcow2,if=virtio,cache=writeback,discard=unmap`],
    ...management(machine.sshPort),
    ...card(machine.index, reconnect(version)),
    ...credential(credentials.hostKey, files.hostKey),
    ...credential(credentials.authorizedKeys, labFiles.authorizedKeys),
  ];
}

/** The board: PCIe, and an IOMMU that remaps interrupts, without which vfio-pci hands out no VF. */
export function platform(
  accel: 'kvm' | 'tcg',
  memoryMb: number,
  cpus = accel === 'kvm' ? 2 : 1,
): readonly string[] {
  const processor = ['-cpu', accel === 'kvm' ? 'host' : 'max', '-smp', `${cpus}`];
  return [
    ...['-M', `q35,accel=${accel},kernel-irqchip=split`, ...processor, '-m', `${memoryMb}M`],
    ...['-nodefaults', '-no-user-config', '-display', 'none'],
    ...['-device', 'intel-iommu,intremap=on,caching-mode=on'],
    // A new id at every start, so that a restored guest draws other random numbers than the saved one.
    ...['-device', 'vmgenid,guid=auto'],
  ];
}

function kernel(machine: Machine): readonly string[] {
  const append = [
    'root=/dev/vda rw console=ttyS0 quiet panic=5',
    'intel_iommu=on iommu=pt',
    // The emulated clock needs no calibration, the emulated processor no mitigations.
    'tsc=reliable mitigations=off',
    `systemd.hostname=${machine.name} systemd.machine_id=${machineId(machine.name)}`,
    // Without the bpf module: systemd would spend a second compiling programs that no unit here uses.
    'lsm=landlock,lockdown,yama,integrity,apparmor',
    'systemd.show_status=0 fsck.mode=skip audit=0',
  ].join(' ');
  return ['-kernel', machine.image.kernel, '-initrd', machine.image.initrd, '-append', append];
}

function machineId(name: string): string {
  return createHash('md5').update(`vflane-lab-${name}`).digest('hex');
}

function management(sshPort: number): readonly string[] {
  return [
    ...['-netdev', `user,id=m,ipv6=off,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
    ...['-device', 'virtio-net-pci,netdev=m,romfile='],
  ];
}

/** Function 0 must announce function 1 through ARI, else the guest does not find the second port. */
function card(index: number, again: string): readonly string[] {
  const mac = (port: number) => `02:00:00:00:${hex(index + 1)}:${hex(port)}`;
  const cable = (id: string, path: string) =>
    `stream,id=${id},server=off,addr.type=unix,addr.path=${path},${again}`;
  return [
    ...['-netdev', cable('n0', labFiles.switchA), '-netdev', cable('n1', labFiles.switchB)],
    ...['-device', 'pcie-root-port,id=rp1,slot=1,chassis=1'],
    ...['-device', `igb,bus=rp1,addr=0.0,multifunction=on,x-pcie-ari-nextfn-1=on,netdev=n0,mac=${mac(0)}`],
    ...['-device', `igb,bus=rp1,addr=0.1,netdev=n1,mac=${mac(1)}`],
  ];
}

/** Lets a host reconnect to restarted switches. QEMU 9.2 replaced the option in seconds (docs/about/deprecated.rst). */
function reconnect(version: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 9 || (major === 9 && minor >= 2) ? 'reconnect-ms=500' : 'reconnect=1';
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/** A file handed to the guest's systemd: unlike an argument, no other user of the machine can read it. */
function credential(name: string, file: string): readonly string[] {
  return ['-fw_cfg', `name=opt/io.systemd.credentials/${name},file=${file}`];
}
