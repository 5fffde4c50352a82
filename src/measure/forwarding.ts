import { isUnseen } from '../model/unseen.ts';
import type { Forwarding, OffloadSeen, Turn } from './run-record.ts';

/** What an end's packets pass on their way to the wire. */
export type Road = 'vf' | 'representor' | 'cpu' | 'host';

/** The share of what was sent that has to be in flows in hardware: a flow's first packets are not, and headers are not counted. */
const leastInHardware = 0.9;
/** The most packets to the CPU per byte sent: one in a hundred, with a small MTU. */
const mostToCpu = 0.01 / 1500;

/** Who moved the packets. Hardware has to be proved by every throughput run, at both ends; anything else counts as software. */
export function forwardingOf(roads: readonly [Road, Road], turns: readonly Turn[]): Forwarding {
  if (roads.includes('host')) {
    return { by: 'software', proof: 'hosts by their underlay: the kernel itself is the end' };
  }
  if (roads.includes('cpu')) {
    return { by: 'software', proof: 'an end has no VF of a card: its packets pass the host’s CPU' };
  }
  if (roads.every((road) => road === 'vf')) {
    return { by: 'card', proof: 'both ends are VFs of a card in legacy mode: its switch is the only road' };
  }
  const loaded = turns.filter(({ flows }) => flows !== undefined);
  if (loaded.length === 0) return { by: 'software', proof: 'not proved: no throughput was measured' };
  const against = loaded.map((turn) => reasonAgainst(turn, roads)).find((reason) => reason !== undefined);
  if (against !== undefined) return { by: 'software', proof: `not proved: ${against}` };
  return {
    by: 'card',
    proof: `in all ${loaded.length} runs the flows in hardware carried what was sent, and the representors were silent`,
  };
}

function reasonAgainst({ flows = [], offload }: Turn, roads: readonly [Road, Road]): string | undefined {
  const sent = flows.reduce((sum, { bytes }) => sum + bytes, 0);
  const ends = offload?.filter((_, at) => roads[at] === 'representor') ?? [];
  if (ends.length === 0) return 'nobody could say what is in hardware';
  return ends.map((end) => reasonAt(end, sent)).find((reason) => reason !== undefined);
}

function reasonAt({ bytes, packetsToCpu }: OffloadSeen, sent: number): string | undefined {
  if (isUnseen(bytes)) return bytes.unseen;
  const share = sent > 0 ? bytes / sent : 0;
  if (share < leastInHardware)
    return `flows in hardware carried ${Math.round(share * 100)} % of what was sent`;
  if (!isUnseen(packetsToCpu) && packetsToCpu > sent * mostToCpu)
    return `${packetsToCpu} packets reached the CPU through the representors`;
  return undefined;
}
