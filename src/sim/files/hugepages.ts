import {
  hugepagesFree,
  hugepagesOf,
  meminfo,
  type PageSizeKib,
  pageSizesKib,
  setHugepages,
} from '../hugepages.ts';
import type { SimState } from '../state.ts';
import { type DirNode, dir, file } from './node.ts';

/** /sys/kernel/mm/hugepages, and the same below each NUMA node; this machine has one. */
export function hugepagesDir(state: SimState): DirNode {
  return dir(
    Object.fromEntries(pageSizesKib.map((size) => [`hugepages-${size}kB`, () => sizeDir(state, size)])),
  );
}

function sizeDir(state: SimState, size: PageSizeKib): DirNode {
  return dir({
    nr_hugepages: () =>
      file(
        () => `${hugepagesOf(state, size)}\n`,
        (text) => setHugepages(state, size, text),
      ),
    free_hugepages: () => file(() => `${hugepagesFree(state, size)}\n`),
    surplus_hugepages: () => file(() => '0\n'),
  });
}

/** /sys/devices/system */
export function systemDir(state: SimState): DirNode {
  const node0 = () =>
    dir({
      hugepages: () => hugepagesDir(state),
      cpulist: () => file(() => '0-31\n'),
      meminfo: () => file(() => meminfo(state, 'Node 0 ')),
    });
  return dir({ node: () => dir({ online: () => file(() => '0\n'), node0 }) });
}
