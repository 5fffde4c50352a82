import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../model/json.ts';
import { jsonList } from './json-list.ts';

function written(items: readonly Json[], rest: { readonly [key: string]: Json }): unknown {
  const parts: string[] = [];
  const list = jsonList((text) => void parts.push(text), 'vflane.plan/1', 'hosts');
  for (const item of items) list.add(item);
  list.end(rest);
  return JSON.parse(parts.join(''));
}

test('what is written bit by bit is the object that would have been written at once', () => {
  const findings = fc.array(fc.jsonValue());
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), findings, (hosts, found) => {
      const rest = { findings: found } as { readonly [key: string]: Json };
      const whole = JSON.parse(JSON.stringify({ schema: 'vflane.plan/1', hosts, ...rest }));
      expect(written(hosts as readonly Json[], rest)).toEqual(whole);
    }),
  );
});

test('a list alone is an object too', () => {
  expect(written([], {})).toEqual({ schema: 'vflane.plan/1', hosts: [] });
});
