import type { BootDocument, BootReport, CardPort } from '../model/boot.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';

/** What a host has to know about the fabric to bring itself back, as plain JSON. */
export function bootDocumentOf(
  fabric: Fabric,
  host: FabricHost,
  spec: HostSpec,
  state: HostState,
): BootDocument {
  const used = new Set(host.guests.flatMap((guest) => guest.attachments.map(({ network }) => network)));
  const networks = fabric.networks.filter(({ name, uplink }) => used.has(name) || uplink?.host === host.name);
  const { boot: _boot, ...plain } = spec;
  const document: BootDocument = {
    schema: 'vflane.boot/1',
    fabric: { name: fabric.name, networks, file: fabric.source.file },
    // How an operator reaches it does not concern the host, and differs between operators.
    host: { ...host, connect: { kind: 'local' } },
    spec: plain,
    ports: cardPorts(host, state),
  };
  return JSON.parse(JSON.stringify(document)) as BootDocument;
}

/** The ports with their permanent MACs: a bond gives all of its members the same one. */
export function cardPorts(host: FabricHost, { pfs, links }: HostState): readonly CardPort[] {
  if (host.nic.kind !== 'pfs' || isUnseen(links)) return [];
  return host.nic.pfs.flatMap((pci) => {
    const netdev = pfs.find((pf) => pf.pci === pci)?.netdev;
    const link = links.find(({ name }) => name === netdev);
    return link === undefined ? [] : [{ pci, mac: link.permanentMac ?? link.mac }];
  });
}

/** A document that this version understands; undefined for any other text. */
export function readBootDocument(text: string): BootDocument | undefined {
  try {
    const value = JSON.parse(text) as Partial<BootDocument> | null;
    const isWhole =
      value?.schema === 'vflane.boot/1' &&
      [value.fabric, value.host, value.spec].every((part) => typeof part === 'object' && part !== null) &&
      Array.isArray(value.ports) &&
      Array.isArray(value.spec?.nics) &&
      Array.isArray(value.host?.guests);
    return isWhole ? (value as BootDocument) : undefined;
  } catch {
    return undefined;
  }
}

/** A report that this version understands; undefined for any other text. */
export function readBootReport(text: string): BootReport | undefined {
  try {
    const value = JSON.parse(text) as Partial<BootReport> | null;
    const isWhole =
      value?.schema === 'vflane.boot-report/1' &&
      typeof value.bootId === 'string' &&
      typeof value.time === 'number' &&
      typeof value.tookMs === 'number' &&
      (value.outcome === 'as-asked' || value.outcome === 'failed') &&
      Array.isArray(value.findings);
    return isWhole ? (value as BootReport) : undefined;
  } catch {
    return undefined;
  }
}

/** The fabric as far as the document has it; its keys have no places. */
export function fabricOf({ fabric, host }: BootDocument): Fabric {
  const { name, networks, file } = fabric;
  return { name, networks, hosts: [host], source: { file, places: new Map() } };
}
