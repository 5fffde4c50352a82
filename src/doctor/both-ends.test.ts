import { describe, expect, test } from 'vitest';
import {
  bridge,
  card,
  links,
  ovs,
  type PatientParts,
  patient,
  tunnel,
  vxlan,
} from '../../tests/support/patients.ts';
import { pf0 } from '../../tests/support/states.ts';
import { comparePairs } from './both-ends.ts';

const back = { local_ip: vxlan.remote_ip, remote_ip: vxlan.local_ip, key: vxlan.key };

/** The other end of the tunnel, but for what differs. */
function far(options: Partial<typeof back> = {}, more: PatientParts = {}) {
  return patient({
    host: 'beta',
    ...more,
    state: {
      links: links({ bond0: { addresses: ['192.168.9.2/24'] } }),
      ovs: ovs({}, bridge({ ports: [tunnel({ options: { ...back, ...options } })] })),
      ...more.state,
    },
  });
}

function told(other: ReturnType<typeof far>, near = patient()) {
  return comparePairs([near, other]).map(({ host, diagnosis }) => `${host} ${diagnosis.code}`);
}

test('two ends that match are passed over, whichever is asked first', () => {
  expect(told(far())).toEqual([]);
  expect(comparePairs([far(), patient()])).toEqual([]);
});

describe('ends that do not match', () => {
  test('a different VNI, reported for both', () => {
    expect(told(far({ key: '43' }))).toEqual(['alpha VF2155', 'beta VF2155']);
  });

  test('no way back to the sender’s address', () => {
    expect(told(far({ remote_ip: '192.168.9.77' }))).toEqual(['alpha VF2156']);
  });

  test('a different MTU below, reported for the smaller end', () => {
    const small = { bond0: { addresses: ['192.168.9.2/24'], mtu: 1500 } };
    expect(told(far({}, { state: { links: links(small) } }))).toEqual(['beta VF2157']);
  });

  test('clocks and firmware that differ, reported once', () => {
    expect(told(far({}, { survey: { clock: { hostMs: 61_000, oursMs: 1000 } } }))).toEqual(['beta VF2159']);
    const older = card({ firmware: { psid: 'MT_0000000013', running: '16.31.2006', stored: '16.31.2006' } });
    expect(told(far({}, { survey: { cards: { [pf0]: older } } }))).toEqual(['beta VF2116']);
    const another = card({
      firmware: { psid: 'MT_0000000012', running: '16.31.2006', stored: '16.31.2006' },
    });
    expect(told(far({}, { survey: { cards: { [pf0]: another } } }))).toEqual([]);
  });
});

test('an end that could not be looked at is not called wrong', () => {
  const unseen = { unseen: 'lost' };
  expect(
    told(far({}, { state: { links: unseen, ovs: unseen }, survey: { clock: unseen, cards: {} } })),
  ).toEqual([]);
});

test('each finding names the other host and what was read there', () => {
  const [{ diagnosis } = {}] = comparePairs([patient(), far({ key: '43' })]);
  expect(diagnosis?.message).toContain('beta has 43');
  expect(diagnosis?.evidence.at(-1)?.read).toMatch(/^beta: ovs-vsctl/);
});
