import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Change, Step } from '../model/plan.ts';
import { firmwareImage } from '../resource/firmware-image.ts';
import { firmwareReset } from '../resource/firmware-reset.ts';
import { type FirmwareAsked, type FirmwareCard, seenOf } from './firmware-asked.ts';
import { isOfSpace, type Pending, pendingOn, pendingText, resetText } from './firmware-pending.ts';

/** What is pending, and how it takes effect: what the steps are about to write, and what was written before. */
export function pendingFindings(
  { host, cards }: Pick<FirmwareAsked, 'host' | 'cards'>,
  steps: readonly Step[],
): readonly Finding[] {
  const isReset = steps.some(({ resource }) => resource === firmwareReset.kind);
  return cards.flatMap((card) => {
    const coming = comingTo(card, steps);
    const waiting = pendingOn(card).filter(({ what }) => !coming.some((one) => one.what === what));
    // A reset loads the rest.
    const all = [...coming.filter(({ now, next }) => now !== next), ...waiting].filter(
      (one) => !isReset || isOfSpace(one),
    );
    if (all.length === 0) return [];
    const tense = isReset
      ? 'counts for the card after its reset, and for BIOS and kernel maybe not'
      : coming.length > 0
        ? 'will be pending'
        : 'is pending';
    const message = `${host.name}: ${card.pci}: ${pendingText(all)} ${tense}`;
    return [finding('VF2216', { host: host.name, at: card.pci }, message, resetText(card, all))];
  });
}

function comingTo(card: FirmwareCard, steps: readonly Step[]): readonly Pending[] {
  const changes = steps.flatMap((step) => step.changes);
  return changes.flatMap((change) => {
    const [pci, what = 'firmware'] = change.at.split('/');
    if (pci !== card.pci) return [];
    return [{ what, now: nowOf(card, what) ?? textOf(change, change.from), next: textOf(change, change.to) }];
  });
}

/** `16.35.8002` for an image, which is kept as `MT_0000000013 16.35.8002`. */
function textOf({ resource }: Change, value: Change['to']): string {
  return resource === firmwareImage.kind ? (String(value).split(' ')[1] ?? '') : String(value);
}

function nowOf({ firmware }: FirmwareCard, name: string): string | undefined {
  const flash = seenOf(firmware.flash);
  if (name === 'firmware') return flash?.running ?? flash?.version;
  const now = seenOf(firmware.settings)?.byName[name]?.now;
  return now === undefined ? undefined : String(now);
}
