import * as z from 'zod/mini';
import { asMacAddress } from '../model/names.ts';
import { readAddress, readHostCidr } from './address.ts';
import { isWrong, quoted, type Read, type Wrong } from './grammar.ts';
import { readRate } from './quantity.ts';

/** What a finding says is allowed, for each part of the shape. */
export const allowed = z.registry<{ readonly text: string }>();

/** For editors, and for findings. */
export function described<S extends z.core.$ZodType>(schema: S, description: string, allows: string): S {
  allowed.add(schema, { text: allows });
  return withSchema(schema, { description });
}

/** A key that is not in it is refused. */
export function mapping<S extends z.core.$ZodShape>(shape: S) {
  return z.strictObject(shape);
}

/** What a name looks like, for editors. */
export const namePattern = { pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' };

/** Adds something that only editors read. */
export function withSchema<S extends z.core.$ZodType>(schema: S, part: object): S {
  z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), ...part });
  return schema;
}

/** Names are checked elsewhere, so that what stands under a wrong one is checked all the same. */
export function named<S extends z.core.$ZodType>(value: S) {
  return z.record(withSchema(z.string(), namePattern), value);
}

export function wholeNumber(least: number, most: number) {
  return z.int().check(z.minimum(least), z.maximum(most));
}

/** A text with a grammar of its own; whatever is wrong in it becomes a finding with this code. */
export function text<T>(code: string, read: (given: string) => Read<T>) {
  return z.string().check(grammar(code, read));
}

/** What a grammar refuses becomes an issue that carries the finding's code and hint. */
export function grammar<G, T>(code: string, read: (given: G) => Read<T>): z.core.CheckFn<G> {
  return (payload) => {
    const result = read(payload.value);
    if (isWrong(result))
      payload.issues.push({ code: 'custom', input: payload.value, params: { code, ...result } });
  };
}

export function rate() {
  return z.union([z.number().check(grammar('VF1011', readRate)), text('VF1011', readRate)]);
}

export function listOf<S extends z.core.$ZodType>(item: S, description: string, allows: string) {
  return described(z.array(item).check(z.minLength(1)), description, allows);
}

/** The kernel's bonding driver takes 16 targets (BOND_MAX_ARP_TARGETS); nothing else here needs more. */
const mostListed = 16;

export function oneOrMore<S extends z.core.$ZodType>(item: () => S, description: string, allows: string) {
  const list = z.array(item()).check(z.minLength(1), z.maxLength(mostListed));
  return described(z.union([item(), list]), description, allows);
}

export function anyAddress(code: string) {
  return text(code, readAddress);
}

/** `dhcp`, `none`, one address or a list of one family. */
export function familyAddresses(family: 'IPv4' | 'IPv6') {
  return described(
    attachmentAddresses(),
    `${family} addresses.`,
    `an ${family} address with its prefix, a list, dhcp or none`,
  );
}

/** `dhcp`, `none`, one address or a list of both families. */
export function attachmentAddresses() {
  return z.union([text('VF1016', readOrWord), z.array(text('VF1016', readHostCidr)).check(z.minLength(1))]);
}

/** The same, or by family. */
export function attachmentAddress() {
  const byFamily = mapping({
    v4: z.optional(familyAddresses('IPv4')),
    v6: z.optional(familyAddresses('IPv6')),
  });
  return described(
    z.union([attachmentAddresses(), byFamily]),
    'Addresses with their prefix; default: none.',
    'an address such as 192.168.10.2/24, a list, { v4, v6 }, dhcp or none',
  );
}

function readOrWord(given: string): Read<unknown> {
  return given === 'dhcp' || given === 'none' ? { value: given } : readHostCidr(given);
}

export function macAddress() {
  return text('VF1034', (given): Read<unknown> => {
    const value = asMacAddress(given);
    return value ? { value } : notMac(given);
  });
}

function notMac(given: string): Wrong {
  const dashed = asMacAddress(given.replaceAll('-', ':'));
  const hint = dashed
    ? `write "${dashed}"`
    : 'write six octets such as "02:00:00:00:00:01", of a single station (first octet even), not all zero';
  return { wrong: `${quoted(given)} is not a MAC address that a VF may have`, hint };
}
