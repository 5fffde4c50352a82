import { HostError, type HostReader } from '../host/host.ts';
import type { FabricHost } from '../model/fabric.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import type { Wire } from './run-record.ts';
import { parseMaxPayload, parseSlot, slotLimit } from './slot-limit.ts';
import type { Encapsulation } from './wire-limit.ts';

/** A port of a host that reaches the wire. */
export interface WirePort {
  /** Its netdev, if the kernel has one. */
  readonly netdev: string | undefined;
  readonly lineBps: Seen<number>;
  readonly slotBps: Seen<number>;
  /** Bytes of payload of a packet on its slot. */
  readonly slotPayload: Seen<number>;
}

/** What is added to a guest's packet between hosts of this kind. */
export function encapsulationOf({ datapath, underlay }: FabricHost): Encapsulation {
  if (datapath === 'legacy-vlan') return { tunnel: 'none', tagged: true };
  const outer = underlay?.address.includes(':') ? 'vxlan6' : 'vxlan4';
  return { tunnel: outer, tagged: underlay?.vlan !== undefined };
}

/** The ports through which a host's tenants' packets leave. */
export async function wirePortsOf(
  reader: HostReader,
  { nic, underlay }: FabricHost,
): Promise<readonly WirePort[]> {
  const pcis = nic.kind === 'pfs' ? nic.pfs : (underlay?.functions ?? []);
  const cards = await Promise.all(pcis.map((pci) => cardPort(reader, pci)));
  const none: Seen<number> = { unseen: 'no PCIe slot is known' };
  const ports = await Promise.all(
    (underlay?.ports ?? []).map(async (netdev) => {
      return { netdev, lineBps: await lineOf(reader, netdev), slotBps: none, slotPayload: none };
    }),
  );
  return [...cards, ...ports];
}

async function cardPort(reader: HostReader, pci: string): Promise<WirePort> {
  const folder = `/sys/bus/pci/devices/${pci}`;
  const netdev = await uplinkOf(reader, folder);
  const slot = parseSlot(
    await textOf(reader, `${folder}/current_link_speed`),
    await textOf(reader, `${folder}/current_link_width`),
  );
  const slotPayload = await payloadOf(reader, pci);
  const payload = isUnseen(slotPayload) ? undefined : slotPayload;
  return {
    netdev,
    slotPayload,
    lineBps: netdev === undefined ? { unseen: `${pci} has no netdev` } : await lineOf(reader, netdev),
    slotBps: slot ? slotLimit(slot, payload) : { unseen: `${pci} states no link of its slot` },
  };
}

/** The kernel shows it in no text file, and lspci sees it only as root. */
async function payloadOf(reader: HostReader, pci: string): Promise<Seen<number>> {
  try {
    const { stdout } = await reader.query(['lspci', '-vv', '-s', pci]);
    return parseMaxPayload(stdout) ?? { unseen: `lspci says nothing of the packets of ${pci}` };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { unseen: 'lspci (pciutils) was not to be asked' };
  }
}

/** In switchdev the folder also has the representors; the uplink's port name is p0 or p1 (facts §2.4). */
async function uplinkOf(reader: HostReader, folder: string): Promise<string | undefined> {
  const names = await reader.listDir(`${folder}/net`).catch(() => []);
  const ports = await Promise.all(
    names.map((name) => textOf(reader, `${folder}/net/${name}/phys_port_name`)),
  );
  return names.find((_, at) => /^p\d+$/.test(ports[at]?.trim() ?? '')) ?? names[0];
}

async function lineOf(reader: HostReader, netdev: string): Promise<Seen<number>> {
  const mbps = Number(await textOf(reader, `/sys/class/net/${netdev}/speed`));
  return mbps > 0 ? mbps * 1e6 : { unseen: `${netdev} states no speed` };
}

function textOf(reader: HostReader, path: string): Promise<string> {
  return reader.readFile(path).catch(() => '');
}

/** What is between two hosts: each figure is that of the worse end. Traffic takes one port at a time. */
export function wireBetween(
  encapsulation: Encapsulation,
  family: 4 | 6,
  ports: readonly (readonly WirePort[])[],
  without = 'no port is known',
): Wire {
  const least = (of: (port: WirePort) => Seen<number>): Seen<number> => {
    const values = ports.flat().map(of);
    const unknown = values.find(isUnseen);
    if (values.length === 0) return { unseen: without };
    return unknown ?? Math.min(...values.map(Number));
  };
  return {
    encapsulation,
    family,
    lineBps: least((port) => port.lineBps),
    slotBps: least((port) => port.slotBps),
    slotPayload: least((port) => port.slotPayload),
  };
}
