import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNftTable } from './nft.ts';

const inet = 'inet vflane';
const inTable = { family: 'inet', table: 'vflane', handle: 7 };
const drop = { drop: null };
const toVxlan = { match: { op: '==', left: { payload: { protocol: 'udp', field: 'dport' } }, right: 4789 } };
const rule = { rule: { ...inTable, chain: 'underlay', expr: [toVxlan, drop] } };
const chain = {
  chain: { ...inTable, name: 'underlay', type: 'filter', hook: 'input', prio: -10, policy: 'accept' },
};
const listed = (...objects: readonly object[]) => {
  return JSON.stringify({ nftables: [{ metainfo: { version: '1.1.3' } }, { table: inTable }, ...objects] });
};

test('what is not part of a rule’s meaning is left out', () => {
  expect(parseNftTable(listed(chain, rule), inet)).toEqual([
    'add chain inet vflane underlay { type filter hook input priority -10; policy accept; }',
    'add rule inet vflane underlay udp dport 4789 drop',
  ]);
});

const byName = (name: string) => ({ match: { op: '==', left: { meta: { key: 'iifname' } }, right: name } });

test('rules stand by their chains, whichever was made first, and a netdev’s name in quotes', () => {
  const ofPorts = { rule: { ...inTable, family: 'arp', chain: 'ports', expr: [byName('@ports'), drop] } };
  const ofWire = { rule: { ...inTable, family: 'arp', chain: 'underlay', expr: [byName('eth1.7'), drop] } };
  expect(parseNftTable(listed(ofWire, ofPorts), 'arp vflane')).toEqual([
    'add rule arp vflane ports iifname @ports drop',
    'add rule arp vflane underlay iifname "eth1.7" drop',
  ]);
});

const counted = { ...rule.rule, expr: [toVxlan, { counter: { packets: 1, bytes: 2 } }, drop] };
const notVxlan = { ...toVxlan.match, op: '!=' };

test.each([
  ['a rule with a statement more', { rule: counted }, /^# rule .*counter/],
  [
    'a rule that means the opposite',
    { rule: { ...rule.rule, expr: [{ match: notVxlan }, drop] } },
    /^# rule .*!=/,
  ],
  [
    'a set with a timeout',
    { set: { ...inTable, name: 's', type: 'ifname', timeout: 60 } },
    /^# set .*timeout/,
  ],
  ['a name with nft’s own signs in it', { rule: { ...rule.rule, chain: 'a; flush ruleset' } }, /^# rule /],
  ['an object of another kind', { flowtable: { ...inTable, name: 'f' } }, /^# flowtable /],
])('%s is seen as a difference, and never as a command', (_what, object, line) => {
  expect(parseNftTable(listed(object), inet)).toEqual([expect.stringMatching(line)]);
});

test('no table is not an empty table', () => {
  expect(() => parseNftTable('', inet)).toThrow(SyntaxError);
  expect(() => parseNftTable('{}', inet)).toThrow(TypeError);
});

test('whatever the JSON, each line is one command or one comment', () => {
  const object = fc.dictionary(fc.constantFrom('set', 'chain', 'rule', 'table'), fc.jsonValue());
  fc.assert(
    fc.property(fc.array(object), (objects) => {
      for (const line of parseNftTable(listed(...objects), inet)) expect(line).toMatch(/^(?:# |add )[^\n]*$/);
    }),
  );
});
