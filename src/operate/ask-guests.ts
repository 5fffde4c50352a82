import { HostError, type HostReader } from '../host/host.ts';
import type { GuestSpec, HostSpec, LaneSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { runs } from '../resource/vm-running.ts';
import { agentOf } from './agent-of.ts';
import { mtusInVm } from './ask-mtus.ts';

/** What a guest's agent says about its lanes, or why it was not asked. */
export type GuestAnswer = { readonly guest: string } & (
  | { readonly notAsked: string }
  /** A sentence for each thing that the file gives it and it does not have. */
  | { readonly lacks: readonly string[] }
);

/** How long an agent may take, in milliseconds: a running one answers at once. */
const answerMs = 3_000;
/** The most that is read of an answer, in characters. */
const longestQuote = 200;

/** Asks inside the guests whether they have what the file gives them; if nobody answers, the result says so. */
export function askGuests(
  reader: HostReader,
  { guests }: HostSpec,
  { machines }: HostState,
): Promise<readonly GuestAnswer[]> {
  return Promise.all(
    guests
      .filter(({ machine }) => machine !== undefined)
      .map(async (guest): Promise<GuestAnswer> => {
        if (!runs(machines?.guests[guest.name])) return { guest: guest.name, notAsked: 'it does not run' };
        return askOne(reader, guest);
      }),
  );
}

const greeting = [
  JSON.stringify({ execute: 'guest-sync', arguments: { id: 1 } }),
  JSON.stringify({ execute: 'guest-network-get-interfaces' }),
];

/** Every netdev in a VM, by its agent. @param agent as `agentOf` has it */
export async function netdevsInVm(reader: HostReader, agent: string): Promise<Seen<readonly GuestNetdev[]>> {
  if (reader.ask === undefined) return { unseen: 'there is no way to its agent' };
  try {
    const heard = await reader.ask(agent, greeting, answerMs);
    return parseInterfaces(heard.at(-1) ?? '');
  } catch (error) {
    if (!isOfTheGuest(error)) throw error;
    const isSilent = error instanceof HostError && error.details.kind === 'timeout';
    return { unseen: isSilent ? 'no guest agent answers in it' : error.message };
  }
}

async function askOne(reader: HostReader, { name: guest, lanes, machine }: GuestSpec): Promise<GuestAnswer> {
  const socket = agentOf(guest, machine?.manager);
  const netdevs = await netdevsInVm(reader, socket);
  if (isUnseen(netdevs)) return { guest, notAsked: netdevs.unseen };
  return { guest, lacks: lacksIn(lanes, await withMtus(reader, socket, netdevs)) };
}

/** The same with their MTUs, as far as the guest's agent knows them. */
async function withMtus(
  reader: HostReader,
  socket: string,
  netdevs: readonly GuestNetdev[],
): Promise<readonly GuestNetdev[]> {
  if (reader.ask === undefined) return netdevs;
  const agent = { ask: reader.ask.bind(reader), socket, timeoutMs: answerMs };
  try {
    const mtus = await mtusInVm(
      agent,
      netdevs.map(({ name }) => name),
    );
    return netdevs.map((one) => ({ ...one, mtu: mtus.get(one.name) }));
  } catch (error) {
    if (!isOfTheGuest(error)) throw error;
    return netdevs;
  }
}

/** A guest may answer anything; if that is nested deeply enough, the error is a RangeError. */
function isOfTheGuest(error: unknown): error is Error {
  return [HostError, SyntaxError, TypeError, RangeError].some((kind) => error instanceof kind);
}

/** A netdev inside a guest. */
export interface GuestNetdev {
  readonly name: string;
  readonly mac: string;
  /** CIDRs. */
  readonly addresses: readonly string[];
  /** Undefined if it is unknown. */
  readonly mtu?: number | undefined;
}

/** The answer to `guest-network-get-interfaces` (qemu-ga-ref(7)). @throws SyntaxError, TypeError */
export function parseInterfaces(line: string): readonly GuestNetdev[] {
  const { return: list, error } = JSON.parse(line) as { readonly return?: unknown; readonly error?: unknown };
  if (!Array.isArray(list))
    throw new TypeError(`the guest agent says ${JSON.stringify(error ?? null).slice(0, longestQuote)}`);
  return (list as readonly { readonly [key: string]: unknown }[]).map((one) => ({
    name: `${one.name}`,
    mac: `${one['hardware-address'] ?? ''}`.toLowerCase(),
    addresses: addressesIn(one['ip-addresses']),
  }));
}

function addressesIn(list: unknown): readonly string[] {
  const all = Array.isArray(list) ? (list as readonly { readonly [key: string]: unknown }[]) : [];
  return all.map((one) => `${one['ip-address']}/${one.prefix}`);
}

/** MACs, addresses and MTUs are compared with the file. */
export function lacksIn(lanes: readonly LaneSpec[], netdevs: readonly GuestNetdev[]): readonly string[] {
  return lanes.flatMap((lane) => {
    const macs = lane.tap ? [lane.tap.mac] : lane.members.map(({ mac }) => mac);
    const missing = macs.filter((mac) => !netdevs.some((one) => one.mac === mac));
    // A bond has the MAC of its active VF, and the addresses.
    const ends = netdevs.filter(({ mac }) => macs.some((one) => one === mac));
    const own = ends.flatMap(({ addresses }) => addresses);
    return [
      ...missing.map((mac) => `${lane.network}: no NIC with the MAC ${mac}`),
      ...lane.addresses
        .filter((cidr) => !own.includes(cidr))
        .map((cidr) => `${lane.network}: not the address ${cidr}`),
      ...(lane.dhcp && own.every((cidr) => cidr.includes(':'))
        ? [`${lane.network}: no address by DHCP`]
        : []),
      ...ends
        .filter(({ mtu }) => mtu !== undefined && mtu !== lane.mtu)
        .map(({ name, mtu }) => `${lane.network}: ${name} has an MTU of ${mtu}, not of ${lane.mtu}`),
    ];
  });
}
