import { basename } from 'node:path';
import type { HostReader } from '../host/host.ts';
import type { HostSpec } from '../model/host-spec.ts';
import { asPciAddress, type IfName } from '../model/names.ts';
import type { CutPort } from '../operate/plan-cut.ts';
import type { Endpoint } from './endpoint.ts';

/** The ports by which a guest's traffic may leave its host. */
export interface RoadPorts {
  /** In the order of the file. */
  readonly ports: readonly CutPort[];
  /** What chooses among them, for messages: `the guest’s bond storage`. */
  readonly chooser: string;
  /** The guest's own bond, if it chooses: inside the guest one can see which member is active. */
  readonly bond?: { readonly name: IfName; portOf(member: string): CutPort | undefined };
  /** The one that carries the traffic now; undefined if that is unknown. */
  active(): Promise<CutPort | undefined>;
  /** What the card itself says about it (facts §1.1); undefined if it says nothing. */
  mapping(): Promise<string | undefined>;
}

/** Undefined if the kernel has fewer than two ports. */
export function roadPorts(end: Endpoint, spec: HostSpec): RoadPorts | undefined {
  const { overlay, underlay } = spec;
  const road = overlay === undefined ? ofGuestBond(end, spec) : ofUnderlay(end, underlay);
  return road !== undefined && road.ports.length > 1 ? road : undefined;
}

function ofGuestBond(end: Endpoint, { guests }: HostSpec): RoadPorts | undefined {
  const guest = guests.find(({ name }) => name === end.guest);
  const lane = guest?.lanes.find(({ network }) => network === end.network);
  if (lane === undefined) return undefined;
  return {
    ports: lane.members.map(({ pf }) => ({ resource: 'pf-up', at: pf })),
    chooser: `the guest’s bond ${lane.bond}`,
    bond: {
      name: end.netdev,
      portOf: (name) => {
        const mac = end.nics?.find((nic) => nic.name === name)?.mac;
        const member = lane.members.find((one) => one.ifName === name || one.mac === mac);
        return member && { resource: 'pf-up', at: member.pf };
      },
    },
    active: async () => undefined,
    mapping: async () => undefined,
  };
}

function ofUnderlay(end: Endpoint, underlay: HostSpec['underlay']): RoadPorts | undefined {
  const { reader } = end.site;
  const bond = underlay?.bond;
  if (bond !== undefined) {
    const ports = bond.members.map(portOf);
    return {
      ports,
      chooser: `the host’s bond ${bond.name}`,
      active: async () => {
        const name = await activeOf(reader, bond.name);
        return name === '' ? undefined : memberPort(reader, ports, name);
      },
      mapping: () => lagMapping(reader, ports[0]),
    };
  }
  const names = (underlay?.bridge?.members ?? []).flatMap(({ name, dpdk }) => (dpdk ? [] : [name]));
  const ports = names.map(portOf);
  return {
    ports,
    chooser: 'Open vSwitch’s bond',
    active: async () => {
      const name = await ovsActive(reader);
      return ports.find(({ at }) => at === name);
    },
    mapping: async () => undefined,
  };
}

function portOf(member: string): CutPort {
  return { resource: asPciAddress(member) === undefined ? 'underlay-link' : 'pf-up', at: member };
}

/** A file, not a process: it is read many times a second (bonding.rst, active_slave). */
async function activeOf(reader: HostReader, bond: string): Promise<string> {
  return (await reader.readFile(`/sys/class/net/${bond}/bonding/active_slave`)).trim();
}

async function memberPort(
  reader: HostReader,
  ports: readonly CutPort[],
  netdev: string,
): Promise<CutPort | undefined> {
  const named = ports.find(({ at }) => at === netdev);
  if (named !== undefined) return named;
  const pci = basename(await reader.readLink(`/sys/class/net/${netdev}/device`));
  return ports.find(({ at }) => at === pci);
}

async function lagMapping(reader: HostReader, port: CutPort | undefined): Promise<string | undefined> {
  if (port?.resource !== 'pf-up') return undefined;
  const path = `/sys/kernel/debug/mlx5/${port.at}/lag/mapping`;
  const text = await reader.readFile(path).catch(() => undefined);
  return text?.trim().replaceAll('\n', ' ');
}

/** `active member mac: 02:…(eth1)`, and `active slave mac` before Open vSwitch 2.15. */
async function ovsActive(reader: HostReader): Promise<string | undefined> {
  const { stdout } = await reader.query(['ovs-appctl', 'bond/show']);
  return /^active (?:member|slave) mac: [0-9a-f:]+\((.+)\)$/m.exec(stdout)?.[1];
}
