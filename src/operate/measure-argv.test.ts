import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asGuestName } from '../model/names.ts';
import { longestMs, measureArgv } from './measure-argv.ts';
import type { MeasureProgram, MeasureRequest } from './measure-request.ts';
import { measureStdin } from './wire-argv.ts';
import { WrongMeasure } from './wrong-measure.ts';

const guest = asGuestName('web');
if (guest === undefined) throw new Error('no guest');
const self = ['node', 'vflane.cjs'];
const ask = (program: MeasureProgram, more: Partial<MeasureRequest> = {}): readonly string[] =>
  measureArgv({ place: { in: 'netns', guest }, program, timeoutMs: 1_000, ...more }, self);

describe('the command of a measurement', () => {
  test.each([
    [
      'a flood',
      ask({ name: 'ping', to: '10.0.0.2', count: 10_000, flood: true }, { cpus: [2, 3] }),
      'taskset -c 2,3 ip netns exec web ping -n -c 10000 -f 10.0.0.2',
    ],
    [
      'the seed’s',
      ask(
        { name: 'iperf3', to: '10.0.0.2', port: 5201, seconds: 10, parallel: 2, direction: 'both' },
        { place: { in: 'host' } },
      ),
      'iperf3 --client 10.0.0.2 --port 5201 --time 10 --parallel 2 --bidir --json --get-server-output',
    ],
    [
      'a probe of our own',
      ask({ name: 'probe', role: 'answer', spec: { a: '$(reboot)' } }),
      'ip netns exec web node vflane.cjs probe answer {"a":"$(reboot)"}',
    ],
  ])('%s', (_what, argv, line) => {
    expect(argv.join(' ')).toBe(line);
  });

  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('-h', '--version', '10.0.0.2; reboot', 'fe80::1%eth0', '$(id)', ''),
  );
  const number = fc.oneof(
    fc.double(),
    fc.integer(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 1e12),
  );
  const foreign = fc.oneof(
    fc.record({ name: fc.constant('ping'), to: text, count: number, sizeBytes: number, intervalMs: number }),
    fc.record({
      name: fc.constant('iperf3'),
      to: text,
      port: number,
      seconds: number,
      parallel: number,
      bind: text,
    }),
    fc.record({ name: fc.constant('iperf3-server'), port: number, bind: text }),
    fc.record({ name: fc.constant('tracepath'), to: text }),
    fc.record({ name: fc.constant('wire-listen'), netdev: text, magic: text }),
    fc.record({
      name: fc.constant('stream'),
      local: text,
      peer: text,
      port: number,
      intervalUs: number,
      run: number,
    }),
    fc.record({ name: fc.constant('trips-ask'), protocol: text, at: text, port: number, ms: number }),
    fc.record({ name: text, to: text }),
  );

  test('is refused, or made of words that cannot be taken for others', () => {
    fc.assert(
      fc.property(foreign, (program) => {
        try {
          const [first, ...words] = ask(program as MeasureProgram, { place: { in: 'host' } });
          expect(['ping', 'iperf3', 'tracepath', 'perl']).toContain(first);
          for (const word of words.filter((one) => one.includes('\0'))) expect(word).toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(WrongMeasure);
        }
      }),
    );
  });

  test.each([
    ['a guest that is not a name', { place: { in: 'netns', guest: '-x' } }],
    ['a place that is none', { place: { in: 'everywhere' } }],
    ['a CPU that is none', { cpus: [-1] }],
  ])('is refused of %s', (_what, more) => {
    const program = { name: 'ping', to: '10.0.0.2', count: 1 } as const;
    expect(() => ask(program, more as unknown as Partial<MeasureRequest>)).toThrow(WrongMeasure);
  });

  test('has frames only in hexadecimal, and only so many', () => {
    const frames = (list: readonly string[]) => () =>
      measureStdin({ name: 'wire-send', netdev: 'eth0', frames: list });
    expect(frames(['00'.repeat(60)])()).toBe(`${'00'.repeat(60)}\nend\n`);
    expect(frames(['00'.repeat(60), 'end\nrm'])).toThrow(WrongMeasure);
    expect(frames(['00'.repeat(10_000)])).toThrow(WrongMeasure);
    expect(frames(new Array(60_000).fill('00'.repeat(60)))).toThrow(WrongMeasure);
    expect(longestMs).toBe(3_600_000);
  });
});
