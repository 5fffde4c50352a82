import { type FirmwareSetting, firmwarePage } from '../model/firmware.ts';
import { isUnseen } from '../model/unseen.ts';
import { type FirmwareCard, nextOf, seenOf } from '../plan/firmware-asked.ts';
import { firmwareBudget, firmwareBudgetText } from '../plan/firmware-budget.ts';
import { pendingOn, pendingText, resetText } from '../plan/firmware-pending.ts';
import { settingsThatMatter } from './firmware-json.ts';

/** A card's firmware as a person reads it. */
export function firmwareLines(card: FirmwareCard): readonly string[] {
  const part = seenOf(card.firmware.settings)?.part;
  const title = [card.model ?? 'unknown card', part].filter((word) => word !== undefined).join(', ');
  const ports = card.pfs.length === 1 ? '1 port' : `${card.pfs.length} ports`;
  return [
    `  ${card.pci}  ${title}, ${ports}${card.recovery ? ', IN RECOVERY' : ''}`,
    ...[...flashLines(card), ...settingLines(card), ...resetLines(card), ...pendingLines(card)].map(
      (line) => `    ${line}`,
    ),
    `    images    ${firmwarePage(card.model)}`,
  ];
}

function flashLines({ firmware: { flash } }: FirmwareCard): readonly string[] {
  if (isUnseen(flash)) return [`firmware  could not be read: ${flash.unseen}`];
  const { version, running, psid, date } = flash;
  const words =
    running === undefined ? `${version}, running and flashed` : `${running} running, ${version} flashed`;
  return [`board     PSID ${psid}`, `firmware  ${words}${date === undefined ? '' : `, of ${date}`}`];
}

function settingLines(card: FirmwareCard): readonly string[] {
  const { settings } = card.firmware;
  if (isUnseen(settings)) return [`settings  could not be read: ${settings.unseen}`];
  const shown = settingsThatMatter.flatMap((name) => {
    const setting = settings.byName[name];
    return setting === undefined ? [] : [`          ${name.padEnd(24)} ${settingText(setting)}`];
  });
  const vfs = nextOf(card, 'NUM_OF_VFS');
  const budget = vfs === undefined ? [] : [`budget    ${firmwareBudgetText(firmwareBudget(card, vfs))}`];
  return ['settings', ...shown, ...budget];
}

function settingText({ now, next }: FirmwareSetting): string {
  if (now === undefined) return `${next} next; now is not told`;
  return now === next ? `${now}` : `${now} now, ${next} next`;
}

function resetLines({ firmware: { resets } }: FirmwareCard): readonly string[] {
  if (isUnseen(resets)) return [`resets    could not be read: ${resets.unseen}`];
  const able = resets.filter(({ supported }) => supported);
  const words = able.map(({ level, does, isDefault }) => `${level} ${does}${isDefault ? ' (default)' : ''}`);
  return [`resets    ${words.length === 0 ? 'none but a power cycle' : words.join('; ')}`];
}

function pendingLines(card: FirmwareCard): readonly string[] {
  const pending = pendingOn(card);
  return pending.length === 0
    ? []
    : [`pending   ${pendingText(pending)}`, `          ${resetText(card, pending)}`];
}
