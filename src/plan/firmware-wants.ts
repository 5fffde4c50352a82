import { firmwareFolder, keptImage } from '../model/firmware.ts';
import type { Json } from '../model/json.ts';
import { firmwareImage, imageValue } from '../resource/firmware-image.ts';
import { firmwareReset, type Reset } from '../resource/firmware-reset.ts';
import { firmwareSaved, type Kept } from '../resource/firmware-saved.ts';
import { firmwareSetting } from '../resource/firmware-setting.ts';
import type { AtPlace } from './by-place.ts';
import { type FirmwareAsked, type FirmwareCard, nextOf, seenOf, wantedVfs } from './firmware-asked.ts';
import { pendingOn } from './firmware-pending.ts';

/** What is wanted of each card, and what has to be saved first. */
export function firmwareWants(asked: FirmwareAsked): readonly AtPlace<Json>[] {
  return asked.cards.flatMap((card) => {
    const [settings, image] = [settingsFor(asked, card), imageFor(asked, card)];
    const reset = asked.reset ? resetFor(asked, card, [...settings, ...image].length > 0) : [];
    return [...kept(asked, card, settings, image), ...image, ...settings, ...reset];
  });
}

/** Only the cards that are to change: what is as wanted needs no copy. */
function settingsFor(asked: FirmwareAsked, card: FirmwareCard): readonly AtPlace<Json>[] {
  // With PF_NUM_OF_VF_VALID the card goes by a number per port instead (mlxconfig’s database; facts §6.2).
  const wanted = { SRIOV_EN: 1, PF_NUM_OF_VF_VALID: 0, NUM_OF_VFS: wantedVfs(asked, card) };
  return Object.entries(wanted).flatMap(([name, value]) => {
    const next = nextOf(card, name);
    if (next === undefined || next === value) return [];
    return [{ resource: firmwareSetting.kind, at: `${card.pci}/${name}`, value }];
  });
}

function imageFor({ image }: FirmwareAsked, card: FirmwareCard): readonly AtPlace<Json>[] {
  const [given, flash] = [image && seenOf(image.is), seenOf(card.firmware.flash)];
  if (given === undefined || flash === undefined) return [];
  if (given.psid !== flash.psid || given.version === flash.version) return [];
  return [{ resource: firmwareImage.kind, at: card.pci, value: imageValue(given.psid, given.version) }];
}

function kept(
  { image }: FirmwareAsked,
  card: FirmwareCard,
  settings: readonly AtPlace<Json>[],
  burnt: readonly AtPlace<Json>[],
): readonly AtPlace<Json>[] {
  const [given, flash] = [image && seenOf(image.is), seenOf(card.firmware.flash)];
  if (settings.length + burnt.length === 0) return [];
  const saved: [string, Kept][] = [
    [firmwareFolder, { of: 'folder' }],
    [settingsFile(card), { of: 'settings', pci: card.pci }],
  ];
  if (burnt.length > 0 && image && given && flash) {
    saved.push([keptImage(flash.psid, flash.version), { of: 'flash', pci: card.pci }]);
    saved.push([keptImage(given.psid, given.version), { of: 'image', file: image.file }]);
  }
  return saved.map(([at, value]) => ({ resource: firmwareSaved.kind, at, value: { ...value } }));
}

/** Named after its contents, so that a plan reads no clock. */
function settingsFile(card: FirmwareCard): string {
  const values = ['SRIOV_EN', 'NUM_OF_VFS'].map((name) => `${name}=${nextOf(card, name) ?? 'unknown'}`);
  return `${firmwareFolder}/${card.pci}-${values.join('-')}.conf`;
}

function resetFor({ image }: FirmwareAsked, card: FirmwareCard, changes: boolean): readonly AtPlace<Json>[] {
  const flash = seenOf(card.firmware.flash);
  const given = image && seenOf(image.is);
  const version = given !== undefined && given.psid === flash?.psid ? given.version : flash?.version;
  if (version === undefined || !(changes || pendingOn(card).length > 0)) return [];
  const ports = card.pfs.map(({ pci, netdev }) => ({ pci, netdev: netdev ?? '' }));
  const value: Reset = { ports, version };
  return [
    {
      resource: firmwareReset.kind,
      at: card.pci,
      value: { ...value, ports: ports.map((port) => ({ ...port })) },
    },
  ];
}
