import { loadModule } from '../drivers.ts';
import type { SimState } from '../state.ts';
import type { BoardDevice } from './machine.ts';

type Kind = Pick<BoardDevice, 'pci' | 'vendor' | 'device' | 'class' | 'native' | 'iommuGroup'>;

/** An NVMe drive has an IOMMU group to itself; a graphics card shares one with its audio function. */
const kinds: { readonly nvme: readonly Kind[]; readonly gpu: readonly Kind[] } = {
  nvme: [
    { pci: '0000:41:00.0', vendor: '144d', device: 'a80a', class: '010802', native: 'nvme', iommuGroup: 41 },
  ],
  gpu: [
    {
      pci: '0000:42:00.0',
      vendor: '10de',
      device: '2204',
      class: '030000',
      native: 'nouveau',
      iommuGroup: 42,
    },
    {
      pci: '0000:42:00.1',
      vendor: '10de',
      device: '1aef',
      class: '040300',
      native: 'snd_hda_intel',
      iommuGroup: 42,
    },
  ],
};

export type BoardKind = keyof typeof kinds;

export function plugBoard(state: SimState, kind: BoardKind): void {
  const there = state.boardDevices ?? [];
  const coming = kinds[kind].filter(({ pci }) => !there.some((one) => one.pci === pci));
  for (const { native } of coming) loadModule(state, native);
  const taken = new Set(state.pfs.flatMap((pf) => [pf.iommuGroup, ...pf.vfs.map((vf) => vf.iommuGroup)]));
  const free = (group: number): number => (taken.has(group) ? free(group + 300) : group);
  state.boardDevices = [
    ...there,
    ...coming.map((one) => ({
      ...one,
      driver: one.native,
      driverOverride: '',
      iommuGroup: free(one.iommuGroup),
    })),
  ];
}

export function unplugBoard(state: SimState, kind: BoardKind): void {
  const gone = kinds[kind].map(({ pci }) => pci);
  state.processes = state.processes.filter((process) => !process.vfs.some((pci) => gone.includes(pci)));
  state.boardDevices = (state.boardDevices ?? []).filter(({ pci }) => !gone.includes(pci));
}

/** At a boot each gets its own driver again. */
export function resetBoard(state: SimState): void {
  for (const device of state.boardDevices ?? []) {
    loadModule(state, device.native);
    Object.assign(device, { driver: device.native, driverOverride: '' });
  }
}
