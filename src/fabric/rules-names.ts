import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { asFabricName, asGuestName, asHostName, asNetworkName, longestName } from '../model/names.ts';
import { quoted } from './grammar.ts';
import type { KeyPath } from './place.ts';
import { type Rule, twice, type WhereOf } from './rule.ts';

/** Names are names: they become MAC addresses, namespaces, paths and words of commands. */
export const namesAreNames: Rule = (fabric, where) => {
  const { name } = fabric;
  const wrongName =
    name && asFabricName(name.value) === undefined ? [notName(name.value, name.path, where)] : [];
  const guests = fabric.hosts.flatMap((host) => host.guests);
  return [
    ...wrongName,
    ...wrongKeys(fabric.networks, asNetworkName, where),
    ...wrongKeys(fabric.hosts, asHostName, where),
    ...wrongKeys(guests, asGuestName, where),
  ];
};

interface Keyed {
  readonly key: string;
  readonly path: KeyPath;
}

function wrongKeys(
  items: readonly Keyed[],
  as: (text: string) => unknown,
  where: WhereOf,
): readonly Finding[] {
  return items
    .filter((item) => as(item.key) === undefined)
    .map((item) => notName(item.key, item.path, where, 'key'));
}

function notName(text: string, path: KeyPath, where: WhereOf, on?: 'key'): Finding {
  const near = slug(text);
  const meant = asHostName(near) ? `write ${near}: ` : '';
  const hint = `${meant}a name has 1 to ${longestName} of a–z, 0–9 and "-", and neither begins nor ends with "-"`;
  return finding('VF1013', where(path, on), `${quoted(text)} is not a name`, hint);
}

function slug(text: string): string {
  const words = text
    .slice(0, longestName)
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.filter((word) => word !== '').join('-');
}

/** A guest keeps its MAC addresses when it moves to another host, so it needs a name of its own in the whole file. */
export const guestNamesAreUnique: Rule = (fabric, where) => {
  const guests = fabric.hosts.flatMap((host) => host.guests.map((guest) => ({ host: host.key, ...guest })));
  return twice(guests, (guest) => guest.key).map(([first, second]) => {
    const message = `a guest ${quoted(second.key)} is already on host ${quoted(first.host)}, in line ${where(first.path, 'key').line}`;
    return finding(
      'VF1028',
      where(second.path, 'key'),
      message,
      'give each guest of the file a name of its own',
    );
  });
};
