import type { GuestKind } from '../model/fabric.ts';
import { asMacAddress } from '../model/names.ts';
import { type Cidr, readHostCidr } from './address.ts';
import {
  type At,
  allOf,
  booleanOf,
  type Cursor,
  child,
  children,
  entries,
  isBroken,
  isGiven,
  isList,
  numberOf,
  textOf,
} from './cursor.ts';
import { isWrong, type Read } from './grammar.ts';
import { readRate } from './quantity.ts';
import { readPassed, readVm } from './read-vm.ts';
import type { ReadAttachment, ReadGuest } from './reading.ts';

const guestKinds: readonly GuestKind[] = ['vm', 'netns', 'external', 'host'];

export function readGuests(guests: Cursor): readonly ReadGuest[] {
  return entries(guests).map(readGuest);
}

function readGuest(guest: Cursor): ReadGuest {
  const networks = child(guest, 'networks');
  return {
    key: String(guest.path.at(-1)),
    path: guest.path,
    kinds: children(guest).flatMap((inner) => guestKinds.find((kind) => kind === inner.path.at(-1)) ?? []),
    broken: isBroken(guest),
    vm: readVm(child(guest, 'vm')),
    passed: readPassed(child(guest, 'vm')),
    hasNetworks: networks.spot?.inner?.size !== 0,
    attachments: entries(networks).map(readAttachment),
  };
}

function readAttachment(attachment: Cursor): ReadAttachment {
  const full = textOf(attachment) === undefined && !isList(attachment);
  const at = (key: string) => child(attachment, key);
  const families = full
    ? [...inAddress(at('address')), ...byFamily(attachment)]
    : [{ cursor: attachment, family: undefined }];
  const given = families.flatMap(({ cursor, family }) =>
    allOf(cursor, readHostCidr).map((cidr) => ({ cidr, family })),
  );
  return {
    key: String(attachment.path.at(-1)),
    path: attachment.path,
    addresses: given.filter(({ cidr, family }) => fits(cidr, family)).map(({ cidr }) => cidr),
    misplaced: given.filter(({ cidr, family }) => !fits(cidr, family)).map(({ cidr }) => cidr),
    dhcp: families.filter((family) => textOf(family.cursor) === 'dhcp').map((family) => family.family ?? 4),
    vf: numberOf(at('vf')),
    macs: allOf(at('mac'), readMac),
    maxRateMbps: readMaxRate(at('max-rate')),
    trustAt: isGiven(at('trust')) ? at('trust').path : undefined,
    trust: booleanOf(at('trust')) ?? false,
    spoofchk: booleanOf(at('spoofchk')) ?? true,
  };
}

interface FamilyCursor {
  readonly cursor: Cursor;
  /** Undefined where either is allowed. */
  readonly family: 4 | 6 | undefined;
}

function inAddress(address: Cursor): readonly FamilyCursor[] {
  const isMapping = address.spot?.inner !== undefined && !isList(address);
  return isMapping ? byFamily(address) : [{ cursor: address, family: undefined }];
}

function byFamily(cursor: Cursor): readonly FamilyCursor[] {
  return [
    { cursor: child(cursor, 'v4'), family: 4 },
    { cursor: child(cursor, 'v6'), family: 6 },
  ];
}

function fits(cidr: At<Cidr>, family: 4 | 6 | undefined): boolean {
  return family === undefined || cidr.value.address.family === family;
}

function readMac(text: string): Read<string> {
  const value = asMacAddress(text);
  return value ? { value } : { wrong: 'no MAC address', hint: '' };
}

function readMaxRate(cursor: Cursor): number {
  const given = numberOf(cursor) ?? textOf(cursor);
  const result = given === undefined ? undefined : readRate(given);
  return result && !isWrong(result) ? result.value : 0;
}
