import { finding } from '../model/catalogue.ts';
import { asPciAddress } from '../model/names.ts';
import type { At } from './cursor.ts';
import { quoted } from './grammar.ts';
import type { ReadGuest, ReadHost } from './reading.ts';
import { guestsOf } from './reading-views.ts';
import { type Rule, twice } from './rule.ts';

interface Passed {
  readonly host: ReadHost;
  readonly guest: ReadGuest;
  readonly pci: At<string>;
}

function passed(host: ReadHost): readonly Passed[] {
  return host.guests.flatMap((guest) => guest.passed.map((pci) => ({ host, guest, pci })));
}

export const functionsAreGivenOnce: Rule = (fabric, where) =>
  fabric.hosts.flatMap((host) =>
    twice(passed(host), ({ pci }) => pci.value).map(([first, second]) => {
      const whose = first.guest === second.guest ? 'this guest' : `guest ${quoted(first.guest.key)}`;
      const message = `${second.pci.value} is already given to ${whose}`;
      return finding(
        'VF1049',
        where(second.pci.path),
        message,
        'a function has one guest: delete one of them',
      );
    }),
  );

/** The card is shared, and so is what carries the underlay. */
export const functionsAreNotTheCards: Rule = (fabric, where) =>
  fabric.hosts.flatMap((host) =>
    passed(host)
      .filter(({ pci }) => isCards(host, pci.value))
      .map(({ pci }) => {
        const message = `${pci.value} belongs to the card that this host shares among its guests`;
        const hint = 'a guest has its lanes by networks; name another function, or delete this one';
        return finding('VF1050', where(pci.path), message, hint);
      }),
  );

function isCards({ nic, underlay }: ReadHost, pci: string): boolean {
  const pfs = nic?.kind === 'pfs' ? nic.pfs : [];
  // Functions 0 and 1 are the ports, and the VFs are behind them on the same bus.
  const isOfCard = pfs.some((pf) => pf.slice(0, 10) === pci.slice(0, 10));
  return isOfCard || (underlay?.ports ?? []).some(({ value }) => asPciAddress(value) === pci);
}

const pageMiB = 2;

export const memoryIsWholePages: Rule = (fabric, where) =>
  guestsOf(fabric)
    .filter(({ guest: { vm } }) => vm?.hugepages === true && vm.memoryMiB % pageMiB !== 0)
    .map(({ guest }) => {
      const message = `${guest.vm?.memoryMiB}M is not a whole number of pages of 2 MiB`;
      return finding(
        'VF1053',
        where([...guest.path, 'vm', 'memory']),
        message,
        'write an even number of MiB',
      );
    });
