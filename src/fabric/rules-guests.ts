import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { quoted } from './grammar.ts';
import { didYouMean } from './nearest.ts';
import type { ReadGuest } from './reading.ts';
import { guestsOf, isOverlay } from './reading-views.ts';
import type { Rule, WhereOf } from './rule.ts';

export const guestsAreOfOneKind: Rule = (fabric, where) =>
  guestsOf(fabric).flatMap(({ guest }) => kindFinding(guest, where));

function kindFinding(guest: ReadGuest, where: WhereOf): readonly Finding[] {
  if (guest.broken || guest.kinds.length === 1) return [];
  const [, second] = guest.kinds;
  const message = second ? `a guest is one of ${guest.kinds.join(', ')}, not all` : 'the guest has no kind';
  const hint = 'allowed: exactly one of vm, netns, external and host';
  return [finding('VF1029', where(second ? [...guest.path, second] : guest.path, 'key'), message, hint)];
}

export const guestsAreOnNetworks: Rule = (fabric, where) =>
  guestsOf(fabric)
    .filter(({ guest }) => !guest.hasNetworks)
    .map(({ guest }) => {
      const hint = 'add a network and the address there, such as storage: 192.168.10.2/24';
      return finding('VF1011', where([...guest.path, 'networks'], 'key'), 'the guest is on no network', hint);
    });

export const networksAreKnown: Rule = (fabric, where) => {
  const names = fabric.networks.map((network) => network.key);
  const known = new Set(names);
  return guestsOf(fabric).flatMap(({ guest }) =>
    guest.attachments
      .filter((attachment) => !known.has(attachment.key))
      .map((attachment) => {
        const hint = `${didYouMean(attachment.key, names)}${names.length > 0 ? `networks of the file: ${some(names)}` : 'add it under networks:'}`;
        const message = `there is no network ${quoted(attachment.key)} in the file`;
        return finding('VF1030', where(attachment.path, 'key'), message, hint);
      }),
  );
};

function some(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => (/^[\w-]+$/.test(name) ? name : quoted(name)));
  return `${shown.join(', ')}${names.length > shown.length ? ', …' : ''}`;
}

export const machineIsOneGuest: Rule = (fabric, where) =>
  fabric.hosts.flatMap((host) => {
    const [first, ...rest] = host.guests.filter((guest) => guest.kinds.includes('host'));
    return rest.map((guest) => {
      const message = `guest ${quoted(first?.key ?? '')} is this machine already`;
      return finding(
        'VF1040',
        where([...guest.path, 'host'], 'key'),
        message,
        'put the networks of both under one guest',
      );
    });
  });

/** On an overlay host the representor's flows do what trust would undo. */
export const noTrustOnOverlays: Rule = (fabric, where) =>
  guestsOf(fabric)
    .filter(({ host }) => isOverlay(host.datapath))
    .flatMap(({ host, guest }) => guest.attachments.map((attachment) => ({ host, attachment })))
    .flatMap(({ host, attachment }) => {
      if (!attachment.trustAt) return [];
      const message = `${host.datapath} has no trust setting: a card in switchdev mode refuses it`;
      return [
        finding(
          'VF1027',
          where(attachment.trustAt, 'key'),
          message,
          'delete the key; spoofchk: false lifts the check of addresses',
        ),
      ];
    });
