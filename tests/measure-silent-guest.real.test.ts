import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outagesIn } from '../src/measure/outage.ts';
import { StreamLog } from '../src/measure/stream-log.ts';
import { measureArgv } from '../src/operate/measure-argv.ts';
import { appliedRack } from './support/applied-rack.ts';
import { missingNamespaces } from './support/namespace-host.ts';
import type { Rack } from './support/rack.ts';
import type { Talker } from './support/talker.ts';

const intervalUs = 5_000;
const missing = missingNamespaces();
if (missing) console.warn(`skipped: a guest that only listens, on real Open vSwitch: ${missing}`);

/** Switches learn where a host is from its own frames: a silent one cannot correct them if they learn wrong. */
describe.skipIf(missing)('a guest that only listens, on a bond of Open vSwitch', () => {
  let rack: Rack;
  beforeAll(async () => {
    rack = await appliedRack();
  }, 60_000);
  afterAll(() => rack?.stop());

  const speak = (host: 'alpha' | 'beta', guest: string, local: string, peer: string): Promise<Talker> => {
    const program = { name: 'stream', local, peer, port: 40_000, intervalUs, run: 7 } as const;
    const argv = measureArgv({ place: { in: 'host' }, program, timeoutMs: 1 }, []);
    return rack.hosts[host].talker(['sh', '-c', 'echo ready; exec "$@"', 'sh', ...argv], guest);
  };

  test('keeps hearing when the port in use dies, and when it comes back', async () => {
    const listener = await speak('beta', 'guest2', '10.0.0.2', '127.0.0.1');
    const speaker = await speak('alpha', 'guest1', '10.0.0.1', '10.0.0.2');
    await listener.until(() => logOf(listener).got.filter(isThere).length > 200, 'the stream', 10_000);
    const fromUs = logOf(speaker).lastUs;
    for (let round = 0; round < 2; round++) {
      const inUse = /active member mac: .*\(eth(\d)\)/.exec(
        rack.hosts.beta.run(['ovs-appctl', 'bond/show']),
      )?.[1];
      const cable = ['ip', 'link', 'set', `beta${inUse}`];
      rack.switches.run([...cable, 'down']);
      await saysMore(speaker, 2);
      rack.switches.run([...cable, 'up']);
      // Wrong paths are learned when the port comes back, and stay for up to six seconds.
      await saysMore(speaker, 6);
    }
    const { sent, lastUs } = logOf(speaker);
    const outages = outagesIn({ sent, got: logOf(listener).got }, fromUs, lastUs - 500_000);
    await Promise.all([speaker.stop(), listener.stop()]);
    const longestMs = Math.max(0, ...outages.map(({ lossUs }) => lossUs / 1000));
    console.info(`a listener's longest silence over two cuts: ${longestMs.toFixed(0)} ms`);
    // OVS as a switch learns within half a second (ofproto-dpif-upcall.c, revalidators); wrong paths stay for seconds.
    expect(longestMs).toBeLessThan(1_500);
  });
});

const isThere = (at: number | undefined): boolean => at !== undefined;

/** Sends datagrams for this many seconds, so that a listener's silence would show. */
async function saysMore(speaker: Talker, seconds: number): Promise<void> {
  const until = logOf(speaker).sent.length + (1_000_000 * seconds) / intervalUs;
  const hasSaid = () => logOf(speaker).sent.length >= until;
  await speaker.until(hasSaid, `${seconds} s of datagrams`, 10_000 * seconds);
}

function logOf(talker: Talker): StreamLog {
  const log = new StreamLog();
  for (const line of talker.lines) log.hear(line, 0);
  return log;
}
