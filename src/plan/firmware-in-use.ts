import type { LinkState, PfState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import type { FirmwareAsked, FirmwareCard } from './firmware-asked.ts';
import { canReset } from './firmware-pending.ts';
import { resourceOf } from './order.ts';

/** Why a card must not be reset now; empty if nothing would miss it. What could not be looked at is a reason. */
export function reasonsAgainstReset(asked: FirmwareAsked, card: FirmwareCard): readonly string[] {
  return [
    ...(canReset(card) ? [] : ['it does not say that it can be reset by itself (level 3)']),
    ...card.pfs.flatMap((pf) => [...functionInUse(pf), ...netdevInUse(asked, pf)]),
    ...verbsInUse(asked),
    ...heldByVflane(asked, card),
  ];
}

/** A port that DPDK drives still has a kernel driver and a netdev, which show nothing of it. */
function verbsInUse({ verbsUsers }: FirmwareAsked): readonly string[] {
  if (isUnseen(verbsUsers))
    return [`who drives it bypassing the kernel cannot be read: ${verbsUsers.unseen}`];
  const users = verbsUsers.filter(({ path }) => /\/uverbs\d+$/.test(path));
  const named = new Map(users.map((user) => [user.pid, user]));
  return [...named.values()].map(
    ({ command, pid, path }) => `${command} (pid ${pid}) has ${path} open, as DPDK and RDMA programs do`,
  );
}

/** mstfwreset removes VFs by itself, whoever has them (facts §6.2). */
function functionInUse({ pci, driver, numVfs, netdev }: PfState): readonly string[] {
  if (driver !== 'mlx5_core') return [`${pci} is driven by ${driver ?? 'nothing'}: somebody else may use it`];
  if (isUnseen(numVfs)) return [`whether ${pci} has VFs cannot be read: ${numVfs.unseen}`];
  if (numVfs > 0) return [`${pci} has ${numVfs} VFs, which would be lost`];
  return netdev === undefined ? [`${pci} has no netdev here: it may be in a namespace`] : [];
}

function netdevInUse({ state }: FirmwareAsked, { netdev }: PfState): readonly string[] {
  const { links, session } = state;
  if (netdev === undefined) return [];
  if (isUnseen(links)) return [`what uses ${netdev} cannot be read: ${links.unseen}`];
  const own = links.find(({ name }) => name === netdev);
  const above = links.filter(({ lower }) => lower === netdev);
  return [
    ...(session !== undefined && isBelow(links, netdev, session) ? [`you are connected over ${netdev}`] : []),
    ...(own?.master === undefined ? [] : [`${netdev} is a port of ${own.master}`]),
    ...(own === undefined || own.addresses.length === 0
      ? []
      : [`${netdev} has the address ${own.addresses.join(', ')}`]),
    ...above.map(({ name }) => `${name} stands on ${netdev}`),
  ];
}

/** What is above a port: its bond or bridge, and what stands on either. */
function isBelow(links: readonly LinkState[], netdev: string, session: string): boolean {
  const seen = new Set([netdev]);
  for (const name of seen) {
    const own = links.find((link) => link.name === name);
    if (own?.master !== undefined) seen.add(own.master);
    for (const { name: above } of links.filter(({ lower }) => lower === name)) seen.add(above);
  }
  return seen.has(session);
}

function heldByVflane({ ledger }: FirmwareAsked, card: FirmwareCard): readonly string[] {
  const ports = card.pfs.map(({ pci }) => pci as string);
  const held = [...ledger.entries.values()].filter(
    ({ resource, at }) => resourceOf(resource).apart === undefined && ports.some((pci) => at.startsWith(pci)),
  );
  return held.length === 0 ? [] : ['vflane has set it up: `vflane destroy` first'];
}
