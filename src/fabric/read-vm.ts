import type { CloudInit, VmSpec } from '../model/fabric.ts';
import type { PciAddress } from '../model/names.ts';
import { readSshKey } from './cloud-init.ts';
import { type At, allOf, booleanOf, type Cursor, child, numberOf, readOf, textOf } from './cursor.ts';
import { readFunction } from './nic.ts';
import { readDisk, readMemory } from './quantity.ts';

/** Undefined where what it must have is missing or wrong. */
export function readVm(vm: Cursor): VmSpec | undefined {
  const cpus = numberOf(child(vm, 'cpus'));
  const memoryMiB = readOf(child(vm, 'memory'), readMemory);
  const disk = readOf(child(vm, 'disk'), readDisk);
  if (cpus === undefined || memoryMiB === undefined || disk === undefined) return undefined;
  const diskMiB = readOf(child(vm, 'disk-size'), readMemory);
  return {
    cpus,
    memoryMiB,
    disk,
    ...(diskMiB === undefined ? {} : { diskMiB }),
    hugepages: booleanOf(child(vm, 'hugepages')) ?? false,
    pci: [...new Set(readPassed(vm).map(({ value }) => value))],
    manager: textOf(child(vm, 'manager')) === 'libvirt' ? 'libvirt' : 'systemd',
    autostart: booleanOf(child(vm, 'autostart')) ?? true,
    firmware: textOf(child(vm, 'firmware')) === 'uefi' ? 'uefi' : 'bios',
    cloudInit: readCloudInit(child(vm, 'cloud-init')),
  };
}

/** The functions that it is given besides its VFs. */
export function readPassed(vm: Cursor): readonly At<PciAddress>[] {
  return allOf(child(vm, 'pci'), readFunction);
}

function readCloudInit(cursor: Cursor): CloudInit | 'none' {
  if (textOf(cursor) === 'none') return 'none';
  const userData = readOf(child(cursor, 'user-data'), readDisk);
  return {
    sshKeys: allOf(child(cursor, 'ssh-keys'), readSshKey).map(({ value }) => value),
    ...(userData === undefined ? {} : { userData }),
  };
}
