import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bridgeFlows } from '../src/datapath/bridge-flows.ts';
import type { BridgeSpec } from '../src/model/host-spec.ts';
import { parseFlows } from '../src/observe/ovs-flows.ts';
import { type DummyOvs, missingOvs, startDummyOvs } from './support/dummy-ovs.ts';
import { forgeries, guestPorts } from './support/forgeries.ts';
import { broadcast, frame } from './support/frames.ts';
import { bridgeSpec } from './support/overlay.ts';

const missing = missingOvs();
if (missing) console.warn(`skipped: the flows of a tenant bridge on real Open vSwitch: ${missing}`);

const bridge: BridgeSpec = { ...bridgeSpec, guestPorts };
const ports = [...guestPorts.map((guest) => guest.port), 'vx-beta', 'vx-gamma', 'bond0.20'];

describe.skipIf(missing)('a tenant bridge on real Open vSwitch', () => {
  let ovs: DummyOvs;
  beforeAll(async () => {
    ovs = await startDummyOvs();
    addBridge();
    replaceFlows(bridgeFlows(bridge));
  });
  afterAll(() => ovs?.stop());

  /** NORMAL drops reserved groups itself; with forward-bpdu only the flows do. */
  function addBridge(): void {
    const settings = ['datapath_type=dummy', 'fail-mode=secure', 'other-config:forward-bpdu=true'];
    const added = ports.flatMap((port) => [
      '--',
      'add-port',
      'br0',
      port,
      '--',
      'set',
      'interface',
      port,
      ...dummy(port),
    ]);
    ovs.vsctl('add-br', 'br0', '--', 'set', 'bridge', 'br0', ...settings, ...added);
  }

  function dummy(port: string): readonly string[] {
    return ['type=dummy', `options:tx_pcap=${sentFile(port)}`];
  }

  const sentFile = (port: string) => join(ovs.folder, `${port}.pcap`);

  function replaceFlows(flows: readonly string[]): void {
    ovs.ofctl(['--names', '--bundle', 'replace-flows', 'br0', '-'], `${flows.join('\n')}\n`);
  }

  function outputs(port: string, hex: string): string {
    const trace = ovs.appctl('ofproto/trace', 'br0', `in_port=${port}`, hex);
    const actions = /^Datapath actions: (.*)$/m.exec(trace)?.[1];
    if (actions === undefined) throw new Error(`no actions in the trace:\n${trace}`);
    return actions;
  }

  test('what was written is what is dumped, with and without statistics, once and again', () => {
    const wanted = bridgeFlows(bridge);
    for (const _time of [1, 2]) {
      replaceFlows(wanted);
      expect(parseFlows(ovs.ofctl(['--names', '--no-stats', 'dump-flows', 'br0']))).toEqual(wanted);
      expect(parseFlows(ovs.ofctl(['--names', 'dump-flows', 'br0']))).toEqual(wanted);
    }
  });

  test.each(forgeries)(
    '$what is dropped, and its legal twin forwarded',
    ({ forged, legal, by = 'g1', ...more }) => {
      expect(outputs(by, forged)).toBe('drop');
      expect(outputs(more.legalBy ?? by, legal)).not.toBe('drop');
      // That the frame is sound, and nothing but the guest's flows stops it: a guest without spoofchk may send it.
      const unchecked = expect(outputs('g4', forged));
      if (more.always) unchecked.toBe('drop');
      else unchecked.not.toBe('drop');
    },
  );

  test('the bridge’s own LOCAL port sends nothing', () => {
    const hello = frame('02:00:00:00:00:07', broadcast, 0x0800, []);
    expect(outputs('LOCAL', hello)).toBe('drop');
    expect(outputs('bond0.20', hello)).not.toBe('drop');
  });

  test('what came by a tunnel goes out by another only where these are not protected', () => {
    const hello = frame('02:00:00:00:00:09', broadcast, 0x0800, []);
    const numberOf = (port: string) =>
      new RegExp(`^ *${port} \\d+/(\\d+):`, 'm').exec(ovs.appctl('dpif/show'))?.[1];
    const reached = () => outputs('vx-beta', hello).split(',');
    expect(reached()).toContain(numberOf('vx-gamma'));
    const tunnels = bridge.tunnels.flatMap(({ port }) => ['--', 'set', 'port', port, 'protected=true']);
    ovs.vsctl(...tunnels.slice(1));
    expect(reached()).not.toContain(numberOf('vx-gamma'));
    expect(reached()).toContain(numberOf('g1'));
    expect(outputs('g4', hello).split(',')).toContain(numberOf('vx-gamma'));
  });

  test('real packets: another guest gets every legal frame in order, and nothing else', async () => {
    const sent = forgeries.filter(({ by = 'g1' }) => by === 'g1');
    const legal = sent.filter(({ legalBy }) => legalBy === undefined).map((one) => one.legal);
    for (const frames of [sent.map((one) => one.forged), legal])
      ovs.appctl('netdev-dummy/receive', 'g1', ...frames);
    expect(await captured(sentFile('g2'), legal.length)).toEqual(legal);
  });
});

/** The frames of a pcap file in hexadecimal, as soon as it has that many. */
async function captured(file: string, count: number): Promise<readonly string[]> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const frames = existsSync(file) ? pcapFrames(readFileSync(file)) : [];
    if (frames.length >= count || performance.now() > deadline) return frames;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A header of 24 bytes, then frames with 16 bytes each in front (pcap-savefile(5)). */
function pcapFrames(bytes: Buffer): readonly string[] {
  const frames: string[] = [];
  for (let at = 24; at + 16 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    frames.push(bytes.toString('hex', at + 16, at + 16 + length));
    at += 16 + length;
  }
  return frames;
}
