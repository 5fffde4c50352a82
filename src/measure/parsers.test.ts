import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { iperf3Version, isThreaded, parseIperf3 } from './iperf3.ts';
import { clockWasSet, parsePing } from './ping.ts';
import { parseSlot } from './slot-limit.ts';

const recorded = (name: string) => readFileSync(join(import.meta.dirname, 'testing', `${name}.json`), 'utf8');

describe('iperf3', () => {
  test('both directions, as the receivers counted them', () => {
    expect(parseIperf3(recorded('iperf3-3.12-both'))).toEqual({
      version: '3.12',
      flows: [
        {
          direction: 'forward',
          bitsPerSecond: 1589120420.3632333,
          bytes: 399507456,
          seconds: 2.011213,
          retransmits: 117,
        },
        {
          direction: 'reverse',
          bitsPerSecond: 4658917347.88906,
          bytes: 1171259392,
          seconds: 2.011213,
          retransmits: 147,
        },
      ],
      cpu: { client: 22.897642169560186, server: 32.267552727926855 },
    });
  });

  test('the threaded one answers in the same shape', () => {
    expect(parseIperf3(recorded('iperf3-3.21-both'))).toMatchObject({
      version: '3.21',
      flows: [{ direction: 'forward' }, { direction: 'reverse', retransmits: 6 }],
    });
  });

  test('one direction only, from the server', () => {
    expect(parseIperf3(recorded('iperf3-3.12-reverse'))).toMatchObject({ flows: [{ direction: 'reverse' }] });
  });

  test.each(['3.12', '3.21'])('UDP of %s: what arrived, and nobody counts retransmits', (version) => {
    const run = parseIperf3(recorded(`iperf3-${version}-udp`));
    const [flow] = 'flows' in run ? run.flows : [];
    expect(flow?.retransmits).toBeUndefined();
    expect(flow?.bitsPerSecond).toBeGreaterThan(99e6);
    expect(flow?.bitsPerSecond).toBeLessThan(100e6);
  });

  test('why it could not, in its own words', () => {
    expect(parseIperf3(recorded('iperf3-3.12-busy'))).toEqual({
      failed: 'the server is busy running a test. try again later',
    });
    expect(parseIperf3(recorded('iperf3-3.21-refused'))).toMatchObject({
      failed: expect.stringContaining('refused'),
    });
    expect(parseIperf3('')).toEqual({ failed: 'iperf3 did not answer in JSON' });
    expect(parseIperf3('{"end":{}}')).toEqual({ failed: 'iperf3 ended without a sum' });
  });

  test('cut anywhere or changed anywhere, it ends in an answer', () => {
    const whole = recorded('iperf3-3.12-both');
    fc.assert(
      fc.property(fc.nat(whole.length), fc.string(), (at, junk) => {
        const run = parseIperf3(whole.slice(0, at) + junk + whole.slice(at + junk.length));
        expect('failed' in run || run.flows.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect('failed' in parseIperf3(JSON.stringify({ start: value, end: value }))).toBe(true);
      }),
    );
  });

  test.each([
    ['iperf 3.9 (cJSON 1.7.13)', '3.9', false],
    ['iperf 3.15', '3.15', false],
    ['iperf 3.16', '3.16', true],
    ['iperf 3.21+ (cJSON 1.7.15)', '3.21', true],
    ['iperf 3.17.1 (cJSON 1.7.15)\nLinux', '3.17.1', true],
    ['iperf 4.0', '4.0', true],
  ])('%s has threads: %s %s', (text, version, threaded) => {
    expect(iperf3Version(text)).toBe(version);
    expect(isThreaded(version)).toBe(threaded);
  });
});

describe('ping', () => {
  const said = `PING 10.99.0.2 (10.99.0.2) 56(84) bytes of data.

--- 10.99.0.2 ping statistics ---
10000 packets transmitted, 9998 received, 0.02% packet loss, time 402ms
rtt min/avg/max/mdev = 0.016/0.030/9.508/0.007 ms, ipg/ewma 0.010/0.002 ms
`;

  test('its summary, in microseconds', () => {
    const summary = { sent: 10000, received: 9998, minUs: 16, meanUs: 30, maxUs: 9508, mdevUs: 7 };
    expect(parsePing(said)).toEqual(summary);
    expect(parsePing(said.replace('received,', 'received, +2 duplicates,'))).toEqual(summary);
  });

  // As iputils 20221126 said when its clock was set an hour on, and an hour back.
  test('tells that the clock was set under it', () => {
    const counted = '600 packets transmitted, 600 received, 0% packet loss, time 1664ms\n';
    const on = `${counted}rtt min/avg/max/mdev = 0.007/6001.857/3600002.602/-9180564514812.-820 ms\n`;
    const back = `${counted}rtt min/avg/max/mdev = 0.000/1.899/5.944/1.162 ms\n`;
    const warning = 'ping: Warning: time of day goes back (-3599997627us), taking countermeasures\n';
    expect(clockWasSet(on, '', 1_700)).toBe(true);
    expect(clockWasSet(back, warning, 1_700)).toBe(true);
    expect(clockWasSet(back, '', 1_700)).toBe(false);
    expect(clockWasSet(back.replace('5.944', '5000.944'), '', 1_700)).toBe(true);
  });

  test('dots of a flood before it do not matter', () => {
    expect(parsePing(said.replace('\n\n', `\n${'.\b \b'.repeat(50)}\n`))?.meanUs).toBe(30);
  });

  test('nothing came back: no summary', () => {
    expect(
      parsePing('10 packets transmitted, 0 received, 100% packet loss, time 9211ms\n\n'),
    ).toBeUndefined();
  });

  test('cut anywhere or changed anywhere, it ends in finite numbers or in none', () => {
    fc.assert(
      fc.property(fc.nat(said.length), fc.string(), (at, junk) => {
        const summary = parsePing(said.slice(0, at) + junk + said.slice(at + junk.length));
        expect(Object.values(summary ?? {}).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a slot', () => {
  test.each([
    ['16.0 GT/s PCIe\n', '8\n', { gigatransfers: 16, lanes: 8 }],
    ['2.5 GT/s PCIe', '1', { gigatransfers: 2.5, lanes: 1 }],
    ['Unknown', '0', undefined],
    ['Unknown', '255', undefined],
    ['', '', undefined],
  ])('%j %j', (speed, width, slot) => expect(parseSlot(speed, width)).toEqual(slot));
});
