import type { HostReader } from '../host/host.ts';
import type { HostState, PfState } from '../model/host-state.ts';
import { hugepagesPath } from '../model/hugepages.ts';
import { isUnseen } from '../model/unseen.ts';
import { seen } from './look.ts';

/** The 2 MiB pages of the whole host, of the NUMA nodes of its cards, and of the `named` places: a file each. */
export async function observeHugepages(
  reader: HostReader,
  cards: readonly Pick<PfState, 'numaNode'>[],
  named: readonly string[],
): Promise<NonNullable<HostState['hugepages']>> {
  const nodes = cards.flatMap(({ numaNode }) =>
    numaNode === undefined || isUnseen(numaNode) || numaNode < 0 ? [] : [`node${numaNode}`],
  );
  const places = [...new Set(['host', ...nodes, ...named])];
  const look = (place: string) =>
    seen(async () => Number((await reader.readFile(hugepagesPath(place))).trim()));
  return Object.fromEntries(
    await Promise.all(places.map(async (place) => [place, await look(place)] as const)),
  );
}
