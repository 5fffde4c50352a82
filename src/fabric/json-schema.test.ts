import { describe, expect, test } from 'vitest';
import { fabricSchema } from './json-schema.ts';

interface Schema {
  readonly [keyword: string]: unknown;
}

type Check = (value: unknown, parameter: never, schema: Schema) => boolean;

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isMapping,
  array: Array.isArray,
  null: (value) => value === null,
  integer: Number.isInteger,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
};

/** The keywords of draft 7 that the schema uses; any other is a failure of this test, not of a file. */
const keywords: Readonly<Record<string, Check>> = {
  type: (value, type: string | readonly string[]) => [type].flat().some((one) => types[one]?.(value)),
  const: (value, one: unknown) => value === one,
  enum: (value, some: readonly unknown[]) => some.includes(value),
  minimum: (value, least: number) => !(Number(value) < least),
  maximum: (value, most: number) => !(Number(value) > most),
  minItems: (value, least: number) => !Array.isArray(value) || value.length >= least,
  maxItems: (value, most: number) => !Array.isArray(value) || value.length <= most,
  pattern: (value, pattern: string) => new RegExp(pattern, 'u').test(String(value)),
  items: (value, inner: Schema) => !Array.isArray(value) || value.every((item) => accepts(inner, item)),
  anyOf: (value, some: readonly Schema[]) => some.some((schema) => accepts(schema, value)),
  oneOf: (value, some: readonly Schema[]) => some.filter((schema) => accepts(schema, value)).length === 1,
  required: (value, keys: readonly string[]) =>
    isMapping(value) && keys.every((key) => Object.hasOwn(value, key)),
  propertyNames: (value, inner: Schema) => Object.keys(value ?? {}).every((key) => accepts(inner, key)),
  properties: (value, inner: Readonly<Record<string, Schema>>) =>
    Object.entries(inner).every(
      ([key, schema]) => !isMapping(value) || !(key in value) || accepts(schema, value[key]),
    ),
  additionalProperties: (value, inner: Schema | false, { properties = {} }) =>
    Object.entries(value ?? {})
      .filter(([key]) => !Object.hasOwn(properties as object, key))
      .every(([, item]) => inner !== false && accepts(inner, item)),
};

const annotations = ['$schema', '$id', 'title', 'description'];

function accepts(schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, parameter]) => {
    if (annotations.includes(keyword)) return true;
    const check = keywords[keyword];
    if (!check) throw new Error(`keyword ${keyword}`);
    return check(value, parameter as never, schema);
  });
}

const example = {
  vflane: 1,
  name: 'rack7',
  networks: {
    storage: { id: 42, mtu: 9000, subnet: '192.168.10.0/24' },
    household: { id: 43, gateway: '10.3.0.1', dns: ['10.3.0.1'], uplink: { host: 'alpha', vlan: 20 } },
  },
  hosts: {
    alpha: {
      connect: 'root@alpha',
      datapath: 'ovs-tc',
      nic: '0000:03:00',
      vfs: 16,
      underlay: '192.168.9.2/24',
      offload: 'required',
      guests: {
        ceph1: {
          vm: { cpus: 16, memory: '8G', disk: 'debian-13.qcow2' },
          networks: { storage: { address: { v4: '192.168.10.2/24', v6: 'none' }, 'max-rate': '10G' } },
        },
      },
    },
  },
};

describe('the JSON Schema', () => {
  const schema = fabricSchema() as Schema;
  const ceph1 = example.hosts.alpha.guests.ceph1;
  const withGuest = (guest: object) => ({
    ...example,
    hosts: { alpha: { ...example.hosts.alpha, guests: { ceph1: guest } } },
  });

  test('is of draft 7 and takes the example', () => {
    expect(schema).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
    expect(accepts(schema, example)).toBe(true);
  });

  test.each([
    ['an unknown key at the top', { ...example, colour: 'red' }],
    ['an unknown key of a guest', withGuest({ ...ceph1, nets: {} })],
    ['a guest of no kind', withGuest({ networks: ceph1.networks })],
    ['a guest of two kinds', withGuest({ ...ceph1, netns: true })],
    ['a mistyped datapath', { ...example, hosts: { alpha: { ...example.hosts.alpha, datapath: 'ovs' } } }],
    ['an id that is too large', { ...example, networks: { n: { id: 2 ** 24 } } }],
    ['a name that is none', { ...example, name: 'Rack_7' }],
    ['a missing name', { hosts: {} }],
  ])('refuses %s', (_, value) => {
    expect(accepts(schema, value)).toBe(false);
  });

  test('describes every key', () => {
    const bare: string[] = [];
    const walk = (part: unknown, path: string): void => {
      if (Array.isArray(part)) part.forEach((item, i) => void walk(item, `${path}[${i}]`));
      if (!isMapping(part)) return;
      const { properties } = part;
      if (isMapping(properties)) {
        for (const [key, inner] of Object.entries(properties)) {
          if (!isMapping(inner) || typeof inner.description !== 'string') bare.push(`${path}.${key}`);
        }
      }
      for (const [key, inner] of Object.entries(part)) walk(inner, `${path}.${key}`);
    };
    walk(schema, '');
    expect(bare).toEqual([]);
  });
});
