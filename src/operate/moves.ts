import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import type { PerHost } from './hosts.ts';
import type { HostPlan } from './plan-host.ts';

/** A guest that leaves one host and comes to another: with one MAC and one address it must not be on both. */
export interface Move {
  readonly guest: string;
  readonly from: string;
  readonly to: string;
}

export function movesOf(plans: readonly Plan[]): readonly Move[] {
  const leaving = new Map(plans.flatMap(({ host, leaves = [] }) => leaves.map((guest) => [guest, host])));
  return plans.flatMap(({ host, allocation }) =>
    guestsIn(allocation).flatMap((guest) => {
      const from = leaving.get(guest);
      return from === undefined || from === host ? [] : [{ guest, from, to: host }];
    }),
  );
}

/** Guests that have a VF or a port, by the names of their attachments (`guest/network`). */
export function guestsIn(allocation: Plan['allocation']): readonly string[] {
  return [...new Set(Object.keys(allocation).map((name) => name.slice(0, name.indexOf('/'))))];
}

/**
 * The hosts in the order that moves require: each group at once, and after the one before it. Hosts that wait
 * for each other come last, in a group of their own.
 */
export function inTurns(hosts: readonly string[], moves: readonly Move[]): readonly (readonly string[])[] {
  const turns: string[][] = [];
  let waiting = hosts;
  while (waiting.length > 0) {
    const mayGo = waiting.filter(
      (host) => !moves.some(({ from, to }) => to === host && waiting.includes(from)),
    );
    turns.push([...(mayGo.length > 0 ? mayGo : waiting)]);
    waiting = mayGo.length > 0 ? waiting.filter((host) => !mayGo.includes(host)) : [];
  }
  return turns;
}

/** Hosts that wait for each other: whichever went first, a guest would be on two of them. */
export function exchanges(hosts: readonly string[], moves: readonly Move[]): readonly Finding[] {
  const last = new Set(inTurns(hosts, moves).at(-1));
  return moves
    .filter(({ from, to }) => last.has(from) && last.has(to))
    .map(({ guest, from, to }) =>
      finding(
        'VF3025',
        { host: to, at: guest },
        `${guest} moves from ${from} to ${to}, which wait for each other`,
        `Take ${guest} out of the file, apply, put it in again under ${to}, and apply once more.`,
      ),
    );
}

/** Why a host is not started: a guest that it is to have is still elsewhere. */
export function stillElsewhere({ guest, from, to }: Move): Finding {
  return finding(
    'VF3024',
    { host: to, at: guest },
    `${to} was not started: ${guest} is still on ${from}`,
    `Fix ${from} first; its own finding says how. Then apply again.`,
  );
}

/**
 * Guests that are new on a host while another host cannot be asked whether it still has them: it may be down, or only the
 * way to it. Nothing is refused, because this is how a guest is moved off a dead host. `unasked`: hosts of the file that
 * `--host` leaves out.
 */
export function mayBeElsewhere(
  planned: readonly PerHost<Pick<HostPlan, 'plan' | 'fold'>>[],
  unasked: readonly string[],
): readonly Finding[] {
  const silent = planned.filter(({ trouble }) => trouble?.kind === 'unreachable').map(({ host }) => host);
  const why = [
    ...(silent.length === 0 ? [] : [`${silent.join(', ')} cannot be asked`]),
    ...(unasked.length === 0
      ? []
      : [`${unasked.join(', ')} ${unasked.length > 1 ? 'are' : 'is'} left out by --host`]),
  ];
  if (why.length === 0) return [];
  return planned.flatMap(({ host, value }) => {
    const had = new Set(guestsIn(value?.fold.ledger.allocation ?? {}));
    const comes = guestsIn(value?.plan.allocation ?? {}).filter((guest) => !had.has(guest));
    if (comes.length === 0) return [];
    const message = `${host} is to have ${comes.join(', ')}; whether it still runs elsewhere is unknown: ${why.join('; ')}`;
    const hint =
      silent.length > 0
        ? `If it was on ${silent.join(', ')}, make sure first that this is off.`
        : 'If it was on one of them, leave --host out: it is taken away there first.';
    return [finding('VF3026', { host }, message, hint)];
  });
}
