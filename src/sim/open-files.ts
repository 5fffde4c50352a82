import type { OpenFile } from '../host/host.ts';
import { functionAt } from './functions.ts';
import type { SimState } from './state.ts';

/** VFIO's files below a folder that processes have open: `/dev/vfio/vfio`, and one for each group. */
export function openFilesBelow(state: SimState, folder: string): readonly OpenFile[] {
  return state.processes.flatMap((process) => {
    const groups = process.vfs
      .map((pci) => functionAt(state, pci)?.iommuGroup)
      .filter((g) => g !== undefined);
    const paths = groups.length > 0 ? ['/dev/vfio/vfio', ...groups.map((group) => `/dev/vfio/${group}`)] : [];
    return paths
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => ({ path, pid: process.pid, command: process.command }));
  });
}
