import { ovsOf, seenOf } from '../doctor/seen-parts.ts';
import type { Datapath } from '../model/fabric.ts';
import type { HostState } from '../model/host-state.ts';
import { type FoundCard, poolLimit } from './found-card.ts';
import { cardText, type FoundHost, foundWire, portTexts } from './found-host.ts';
import { importLegacy } from './import-legacy.ts';
import { importOverlay, importUnderlay } from './import-overlay.ts';
import type { ImportedHost } from './imported.ts';

const usualPool = 8;

/** What a file would say about a host as it is. `asFound` is still empty: it is what the file does not cover. */
export function importHost(found: FoundHost, place: number): ImportedHost {
  const { name, connectText, looked, card } = found;
  const datapath = datapathOf(looked.patient.state, card);
  const isOverlay = datapath !== 'legacy-vlan';
  const vfs = card ? poolOf(card) : 0;
  const parts =
    isOverlay || card === undefined ? importOverlay(found, card, vfs) : importLegacy(found, card, vfs);
  const known = isOverlay ? importUnderlay(found, card) : undefined;
  const own = card === undefined ? foundWire(looked.patient.state).address : undefined;
  const example = { address: own ?? `192.168.9.${place + 1}/24`, ports: [] };
  return {
    ...{ name, connectText, datapath },
    says: card === undefined ? [] : [`${cardText(looked, card)}:`, ...portTexts(looked, card)],
    nic: card?.nic ?? 'software',
    ...(card && { vfs }),
    ...(isOverlay && { underlay: known ?? example }),
    ...offloadOf(found, datapath),
    ...parts,
    asFound: [],
  };
}

/** From the card's mode and from what forwards. */
function datapathOf(state: HostState, card: FoundCard | undefined): Datapath {
  const ovs = ovsOf(state);
  const isUser = ovs?.bridges.some(({ datapathType }) => datapathType === 'netdev') === true;
  if (card === undefined) return isUser ? 'ovs-dpdk' : 'ovs-tc';
  if (!card.pfs.some(({ eswitch }) => seenOf(eswitch) === 'switchdev')) return 'legacy-vlan';
  return isUser ? 'ovs-dpdk' : 'ovs-tc';
}

/** The larger of both pools; if there is none yet, the default. */
function poolOf(card: FoundCard): number {
  const there = Math.max(...card.pfs.map(({ numVfs }) => seenOf(numVfs) ?? 0));
  return there || Math.min(usualPool, poolLimit(card) ?? usualPool);
}

/** What this kernel cannot do in hardware works in software, and the file must not ask for more than that. */
function offloadOf({ card, verdicts }: FoundHost, datapath: Datapath): Pick<ImportedHost, 'offload'> {
  if (datapath === 'legacy-vlan') return {};
  if (card === undefined) return { offload: 'off' };
  return verdicts.find((one) => one.datapath === datapath)?.verdict === 'hardware'
    ? {}
    : { offload: 'preferred' };
}
