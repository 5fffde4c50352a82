import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFlows } from './ovs-flows.ts';

/** OVS 3.1.0: `ovs-ofctl --names dump-flows br0`, after traffic. */
const withStatistics = `NXST_FLOW reply (xid=0x4):
 cookie=0x0, duration=0.012s, table=0, n_packets=7, n_bytes=420, idle_age=0, priority=300,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0 actions=drop
 cookie=0x2a, duration=90012.5s, table=0, n_packets=0, n_bytes=0, idle_age=65534, hard_age=65534, priority=100,in_port="bond0.20" actions=NORMAL
 cookie=0x0, duration=0.012s, table=2, n_packets=0, n_bytes=0, idle_timeout=60, idle_age=0, priority=50,icmp6 actions=resubmit(,3)
 cookie=0x0, duration=0.012s, table=0, n_packets=0, n_bytes=0, idle_age=0, actions=NORMAL
`;

test('a dump with statistics is the same flows as one without', () => {
  expect(parseFlows(withStatistics)).toEqual([
    'actions=NORMAL',
    'priority=100,in_port="bond0.20" actions=NORMAL',
    'priority=300,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0 actions=drop',
    'table=2, idle_timeout=60, priority=50,icmp6 actions=resubmit(,3)',
  ]);
});

test('the order of a dump says nothing', () => {
  const [first = '', ...rest] = withStatistics.trimEnd().split('\n');
  expect(parseFlows([first, ...rest.toReversed()].join('\n'))).toEqual(parseFlows(withStatistics));
});

test('an error in place of flows is never an empty bridge', () => {
  expect(() => parseFlows('OFPT_ERROR (xid=0x2): OFPBRC_BAD_TYPE\n')).toThrow(/printed no flow: OFPT_ERROR/);
});

const word = fc.constantFrom(
  'cookie=0x0, ',
  'table=0, ',
  'table=3, ',
  'n_packets=1, ',
  'send_flow_rem ',
  ' ',
  ',',
);
const nearFlows = fc.array(fc.oneof(word, fc.string({ unit: 'binary' }), fc.constant(' actions=drop\n')));

test('any text is read or refused, and reading its own lines changes nothing', () => {
  fc.assert(
    fc.property(nearFlows, (pieces) => {
      const read = attempt(pieces.join(''));
      if (read) expect(parseFlows(read.join('\n'))).toEqual(read);
    }),
  );
});

function attempt(text: string): readonly string[] | undefined {
  try {
    return parseFlows(text);
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return undefined;
  }
}
