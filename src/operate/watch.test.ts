import { expect, test } from 'vitest';
import type { PerHost } from './hosts.ts';
import type { HostPlan } from './plan-host.ts';
import { type Sighting, sightingOf, Watch } from './watch.ts';

type Look = PerHost<HostPlan>;
const looked = (differences: readonly string[], codes: readonly string[] = [], applied = 1): Look => ({
  host: 'alpha',
  value: {
    fold: {
      ledger: { entries: new Map(), allocation: applied > 0 ? { 'web/storage': 0 } : {} },
      history: [],
    },
    differences: differences.map((at) => ({ resource: 'vf-vlan', at, have: 9, want: 42 })),
    plan: {
      findings: codes.map((code) => ({ code, severity: 'error', where: {}, message: code, hint: '' })),
    },
  } as unknown as HostPlan,
});
const unreachable: Look = { host: 'alpha', trouble: { kind: 'unreachable', message: 'gone', hint: '' } };

/** A host whose looks are given; the clock moves when somebody sleeps. Ends when it is looked at for the last time. */
async function watched(looks: readonly Look[], everyMs: number, changesAt: readonly number[] = []) {
  const told: string[] = [];
  const at: number[] = [];
  const controller = new AbortController();
  let now = 0;
  const changes = [...changesAt];
  const watch: Watch = new Watch({
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
        if (changes[0] !== undefined && now >= changes[0]) {
          changes.shift();
          watch.hear();
        }
      },
    },
    look: async () => {
      at.push(now);
      const look = looks[at.length - 1] ?? unreachable;
      if (at.length === looks.length) controller.abort();
      return look;
    },
    tell: (sighting: Sighting) => told.push(sighting.kind),
    signal: controller.signal,
    everyMs: () => everyMs,
  });
  await watch.run();
  return { told, at, last: watch.last?.kind };
}

test('a host is reported when it has changed, and only once', async () => {
  const looks = [
    looked([]),
    looked([]),
    looked(['a/0']),
    looked(['a/0']),
    looked(['a/0', 'a/1']),
    looked([]),
  ];
  expect(await watched(looks, 1000)).toMatchObject({
    told: ['verified', 'differs', 'differs', 'verified'],
    last: 'verified',
  });
});

test('a change is looked at at once, and however many there are, only once', async () => {
  const { at } = await watched([looked([]), looked([])], 60_000, [300, 301, 302]);
  expect(at[1]).toBeLessThan(500);
  const quiet = await watched([looked([]), looked([])], 60_000);
  expect(quiet.at[1]).toBeGreaterThanOrEqual(60_000);
});

test('what differs while a plan is under way is not drift', async () => {
  const { told } = await watched(
    [looked(['a/0'], ['VF3010']), looked(['a/0'], ['VF3011']), looked([])],
    1000,
  );
  expect(told).toEqual(['under-way', 'under-way', 'verified']);
});

test('a host that was never applied is reported once, however far it is from the file', async () => {
  const never = (...at: readonly string[]) => looked(at, [], 0);
  const { told, last } = await watched([never('a/0', 'a/1'), never('a/0'), looked([])], 1000);
  expect({ told, last }).toEqual({ told: ['not-applied', 'verified'], last: 'verified' });
  const byHand = await watched([never(), never('a/0')], 1000);
  expect(byHand.told).toEqual(['verified', 'differs']);
});

test('drift is reported, but not what an apply would do to a guest', () => {
  const { value } = looked(['a/0'], ['VF3003', 'VF3002']);
  const sighting = value && sightingOf(value);
  expect(sighting).toMatchObject({
    kind: 'differs',
    differences: [{ at: 'a/0' }],
    findings: [{ code: 'VF3002' }],
  });
});

test('what could not be looked at is never reported as fine', async () => {
  expect((await watched([looked([], ['VF3001'])], 1000)).told).toEqual(['differs']);
  expect(await watched([unreachable, looked([])], 1000)).toMatchObject({ told: ['lost', 'verified'] });
});
