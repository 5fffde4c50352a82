import { networkConfig } from '../guest/network-config.ts';
import { metaDataOf, userDataOf } from '../guest/seed.ts';
import type { FabricHost, Guest, VmSpec } from '../model/fabric.ts';
import { imageFolder } from '../model/guest-paths.ts';
import type { GuestSpec, LaneSpec } from '../model/host-spec.ts';
import type { MachineNic, MachineSpec, SeedSpec } from '../model/machine.ts';

/** A guest with its lanes, and its VM if vflane runs it. */
export function guestSpec(guest: Guest, lanes: readonly LaneSpec[], host: FabricHost): GuestSpec {
  const { name, kind, vm } = guest;
  const plain = { name, kind, lanes };
  return vm === undefined ? plain : { ...plain, machine: machineOf(guest, vm, lanes, host) };
}

function machineOf({ name }: Guest, vm: VmSpec, lanes: readonly LaneSpec[], host: FabricHost): MachineSpec {
  const { cpus, memoryMiB, hugepages, manager, firmware, diskMiB, pci, autostart, cloudInit } = vm;
  return {
    ...{ cpus, memoryMiB, hugepages, manager, firmware },
    image: onHost(vm.disk),
    ...(diskMiB === undefined ? {} : { diskMiB }),
    pci,
    autostart,
    nics: lanes.flatMap((lane) => nicsOf(lane, host)),
    ...(cloudInit === 'none' ? {} : { seed: seedOf(name, cloudInit, lanes) }),
  };
}

/** A name without a folder is that of an image in the host's folder of images. */
function onHost(path: string): string {
  return path.startsWith('/') ? path : `${imageFolder}/${path}`;
}

function nicsOf({ members, tap }: LaneSpec, { datapath }: FabricHost): readonly MachineNic[] {
  if (tap) return [{ tap: tap.port, mac: tap.mac, plain: datapath === 'ovs-dpdk' }];
  return members.map(({ pf, index }) => ({ pf, index }));
}

function seedOf(
  name: string,
  { sshKeys, userData }: Exclude<VmSpec['cloudInit'], 'none'>,
  lanes: readonly LaneSpec[],
): SeedSpec {
  return {
    metaData: metaDataOf(name),
    networkConfig: `${networkConfig(lanes).join('\n')}\n`,
    userData: userData === undefined ? { text: userDataOf(sshKeys) } : { file: onHost(userData) },
  };
}
