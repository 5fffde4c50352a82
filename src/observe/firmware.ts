import type { HostReader } from '../host/host.ts';
import type { FirmwareState, FlashState } from '../model/firmware.ts';
import type { HostState } from '../model/host-state.ts';
import type { PciAddress } from '../model/names.ts';
import type { Seen } from '../model/unseen.ts';
import { seen } from './look.ts';
import { parseSettings } from './mstconfig.ts';
import { parseFlash } from './mstflint.ts';
import { parseResets } from './mstfwreset.ts';

/** A card reads its flash slowly, and its settings one by one. */
const toolTimeoutMs = 120_000;

/** Three processes per card, one after the other: the tools take the card's semaphore, and refuse while another has it. */
export async function observeFirmwareOf(
  reader: HostReader,
  cards: readonly PciAddress[],
): Promise<NonNullable<HostState['firmware']>> {
  const looked: [PciAddress, FirmwareState][] = [];
  for (const pci of cards) looked.push([pci, await firmwareOf(reader, pci)]);
  return Object.fromEntries(looked);
}

async function firmwareOf(reader: HostReader, pci: PciAddress): Promise<FirmwareState> {
  const ask = async (...argv: readonly string[]) => (await reader.query(argv, toolTimeoutMs)).stdout;
  const flash = await seen(async () => parseFlash(await ask('mstflint', '-d', pci, 'q')));
  const settings = await seen(async () => parseSettings(await ask('mstconfig', '-d', pci, '-e', 'q')));
  const resets = await seen(async () => parseResets(await ask('mstfwreset', '-d', pci, 'q')));
  return { flash, settings, resets };
}

/** What an image on the host's disk is. */
export function observeImage(reader: HostReader, path: string): Promise<Seen<FlashState>> {
  return seen(async () =>
    parseFlash((await reader.query(['mstflint', '-i', path, 'q'], toolTimeoutMs)).stdout),
  );
}
