import { cardMissing } from '../doctor/card-missing.ts';
import { placeOf } from '../doctor/rule.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding, Where } from '../model/finding.ts';
import { firmwarePage } from '../model/firmware.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import type { FirmwareAsked, FirmwareCard } from './firmware-asked.ts';

type Look = Pick<FirmwareAsked, 'state' | 'cards' | 'lockdown'> & { readonly name: string };

/** Why a host's firmware could not be looked at. */
export function toolFindings(look: Look, where: Where): readonly Finding[] {
  const found = look.cards.flatMap((card) => cardFindings(look, card, where));
  // A reason is reported once, however many cards it concerns.
  return [...new Map(found.map((one) => [`${one.code} ${one.message}`, one])).values()];
}

/** For a plan: the card has to be there, too. */
export function lookFindings(asked: FirmwareAsked): readonly Finding[] {
  const where = placeOf(asked, 'nic');
  const { name } = asked.host;
  const missing = cardMissing(asked);
  if (missing.length > 0) return missing;
  if (asked.cards.length === 0)
    return [
      finding(
        'VF2201',
        where,
        `${name}: the file names no card there`,
        'Name its ports in `nic:`, or ask `vflane firmware show` for a host by the way to it.',
      ),
    ];
  return toolFindings({ ...asked, name }, where);
}

function cardFindings(look: Look, card: FirmwareCard, where: Where): readonly Finding[] {
  const { name } = look;
  const [pf] = card.pfs;
  const at = { ...where, at: card.pci };
  if (pf?.present === false)
    return [
      finding(
        'VF2001',
        at,
        `${name} has no PCI function ${card.pci}`,
        'Look for the card with `lspci -D | grep -i mellanox`, and name it in `nic:`.',
      ),
    ];
  if (card.recovery)
    return [
      finding(
        'VF2205',
        at,
        `${name}: ${card.pci} answers as its boot loader: its own firmware does not start`,
        `Find the PSID on the card’s label, and burn the image for exactly that: mstflint -d ${card.pci} -i IMAGE burn; then switch the power off and on. Images: ${firmwarePage(card.model)}`,
      ),
    ];
  if (pf?.id !== undefined && !pf.id.startsWith('15b3:'))
    return [
      finding(
        'VF2201',
        at,
        `${name}: ${card.pci} (${pf.id}) is not a card of NVIDIA’s`,
        'Use its maker’s own tools for its firmware; VFs and everything else work without them.',
      ),
    ];
  const unseen = [card.firmware.flash, card.firmware.settings].find(isUnseen);
  return unseen === undefined ? [] : [whyUnseen(look, card, unseen, at)];
}

function whyUnseen(
  { name, state, lockdown }: Look,
  { pci }: FirmwareCard,
  { unseen, lacks }: Unseen,
  at: Where,
): Finding {
  if (lacks === 'program')
    return finding(
      'VF2200',
      { ...at, at: 'mstflint' },
      `${name}: mstflint is not installed, so the card’s firmware cannot be read`,
      'apt-get install mstflint',
    );
  if (!state.root)
    return finding(
      'VF2202',
      at,
      `${name}: only root may ask a card for its firmware`,
      'Run vflane as root, or connect as root or as a user with sudo that asks no password.',
    );
  if (typeof lockdown === 'string' && lockdown !== 'none')
    return finding(
      'VF2203',
      at,
      `${name}: the kernel is locked down (${lockdown}), and keeps the firmware tools from the card`,
      'Switch Secure Boot off in the BIOS while the firmware is set, or do it in another machine. VFs, switchdev and bridges work with it on.',
    );
  return finding(
    'VF2204',
    at,
    `${name}: the firmware of ${pci} could not be read: ${unseen}`,
    `Ask the tools themselves: mstflint -d ${pci} q; mstconfig -d ${pci} -e q. Another program may hold the card’s semaphore.`,
  );
}
