import { pciReset } from '../model/firmware.ts';
import { isUnseen } from '../model/unseen.ts';
import { type FirmwareCard, seenOf } from './firmware-asked.ts';

/** Something that was written to a card but is not in effect yet: it waits for a reset, or for a start of the host. */
export interface Pending {
  /** `firmware`, or a setting's name. */
  readonly what: string;
  readonly now: string;
  readonly next: string;
}

/** If what is in effect is something other than what was written. */
export function pendingOn(card: Pick<FirmwareCard, 'firmware' | 'pfs'>): readonly Pending[] {
  const { flash, settings } = card.firmware;
  const running = seenOf(flash)?.running;
  const image =
    running === undefined ? [] : [{ what: 'firmware', now: running, next: seenOf(flash)?.version ?? '' }];
  const byName = seenOf(settings)?.byName ?? {};
  const differing = Object.entries(byName).flatMap(([what, { now, next }]) =>
    now === undefined || now === next ? [] : [{ what, now: String(now), next: String(next) }],
  );
  return [...image, ...differing, ...unknownToKernel(card, differing)];
}

/** The card has it, but the kernel still goes by the number of VFs that it read when it started (pci_iov_init). */
function unknownToKernel(
  { firmware, pfs }: Pick<FirmwareCard, 'firmware' | 'pfs'>,
  known: readonly Pending[],
): readonly Pending[] {
  const byName = seenOf(firmware.settings)?.byName ?? {};
  const vfs = byName.SRIOV_EN?.now === 1 ? byName.NUM_OF_VFS?.now : undefined;
  const total = pfs.find(({ totalVfs }) => typeof totalVfs === 'number')?.totalVfs;
  if (typeof vfs !== 'number' || total === undefined || isUnseen(total) || total === vfs) return [];
  if (known.some(({ what }) => what === 'NUM_OF_VFS' || what === 'SRIOV_EN')) return [];
  return [{ what: 'sriov_totalvfs', now: String(total), next: String(vfs) }];
}

/** `NUM_OF_VFS 16 → 32`. */
export function pendingText(pending: readonly Pending[]): string {
  return pending.map(({ what, now, next }) => `${what} ${now} → ${next}`).join(', ');
}

/** Settings that change the address space that the card requests from the BIOS. */
export function isOfSpace({ what }: Pick<Pending, 'what'>): boolean {
  return /^(NUM_OF_VFS|SRIOV_EN|PF_NUM_OF_VF.*|.*BAR_SIZE|sriov_totalvfs)$/.test(what);
}

/** How what was written takes effect on this card: which reset it can do, and when the host has to be rebooted. */
export function resetText(
  { firmware, pci }: FirmwareCard,
  pending: readonly Pick<Pending, 'what'>[],
): string {
  if (pending.some(isOfSpace))
    return `Restart the host: VFs take address space, which the BIOS hands out when it starts. Where a restart changes nothing, switch the power off and on. A reset of the card alone may do (mstfwreset -d ${pci} -l ${pciReset} reset), and leaves the kernel with what the BIOS gave before.`;
  const levels = seenOf(firmware.resets);
  if (levels === undefined) return 'Restart the host: which resets the card can do could not be read.';
  if (canReset({ firmware }))
    return `The card can be reset by itself (level ${pciReset}): \`vflane firmware apply --reset --yes\` once nothing uses it, or restart the host.`;
  const warm = levels.some(({ level, supported }) => level > pciReset && supported);
  return warm
    ? 'The card knows no reset but that of the host: restart it.'
    : 'The card knows no reset at all: switch the host’s power off and on.';
}

export function canReset({ firmware }: Pick<FirmwareCard, 'firmware'>): boolean {
  return seenOf(firmware.resets)?.some(({ level, supported }) => level === pciReset && supported) === true;
}
