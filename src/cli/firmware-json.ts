import { type FirmwareSetting, firmwarePage } from '../model/firmware.ts';
import type { Json } from '../model/json.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { type FirmwareCard, nextOf, seenOf } from '../plan/firmware-asked.ts';
import { firmwareBudget } from '../plan/firmware-budget.ts';
import { pendingOn } from '../plan/firmware-pending.ts';

/** The settings on which vflane depends. */
export const settingsThatMatter = [
  ...['SRIOV_EN', 'NUM_OF_VFS', 'LAG_RESOURCE_ALLOCATION'],
  ...['NUM_PF_MSIX', 'NUM_VF_MSIX', 'PF_LOG_BAR_SIZE', 'VF_LOG_BAR_SIZE'],
] as const;

/** A card as `vflane.firmware-show/1` has it. What could not be read is `{"unseen": why}`. */
export function cardJson(card: FirmwareCard): Json {
  const { flash, settings, resets } = card.firmware;
  const vfs = nextOf(card, 'NUM_OF_VFS');
  return {
    at: card.pci,
    ports: card.pfs.map(({ pci }) => pci),
    model: card.model ?? null,
    part: seenOf(settings)?.part ?? null,
    recovery: card.recovery,
    flash: seenJson(flash, ({ psid, version, running, date }) => ({
      ...{ psid, flashed: version, running: running ?? version, date: date ?? null },
    })),
    settings: seenJson(settings, ({ byName }) =>
      Object.fromEntries(
        settingsThatMatter.flatMap((name) => (byName[name] ? [[name, settingJson(byName[name])]] : [])),
      ),
    ),
    resets: seenJson(resets, (levels) => levels.map((level) => ({ ...level }))),
    pending: pendingOn(card).map((one) => ({ ...one })),
    budget: vfs === undefined ? null : budgetJson(card, vfs),
    page: firmwarePage(card.model),
  };
}

function seenJson<Value>(value: Seen<Value>, shown: (value: Value) => Json): Json {
  return isUnseen(value) ? { unseen: value.unseen } : shown(value);
}

function settingJson({ byDefault, now, next }: FirmwareSetting): Json {
  return { default: byDefault ?? null, now: now ?? null, next };
}

function budgetJson(card: FirmwareCard, vfs: number): Json {
  const { ports, vectors, vfMib, slotMib } = firmwareBudget(card, vfs);
  return { vfs, ports, vectors: vectors ?? null, vfMib: vfMib ?? null, slotMib: slotMib ?? null };
}
