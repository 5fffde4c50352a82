import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bridgeFlows } from '../src/datapath/bridge-flows.ts';
import type { BridgeSpec } from '../src/model/host-spec.ts';
import { asIfName } from '../src/model/names.ts';
import { parseFlows } from '../src/observe/ovs-flows.ts';
import { type DummyOvs, missingOvs, startDummyOvs } from './support/dummy-ovs.ts';
import { forgeries, guestPorts } from './support/forgeries.ts';
import { broadcast, frame, icmp, ipv4, ipv6, udp } from './support/frames.ts';
import { bridgeSpec, known } from './support/overlay.ts';

const missing = missingOvs();
if (missing) console.warn(`skipped: the flows of a tenant bridge on real Open vSwitch: ${missing}`);

const guest = known(guestPorts[0]);
// All ways to have runs of zeros in an address.
const hextet = fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
const anyIpv6 = fc
  .array(hextet, { minLength: 8, maxLength: 8 })
  .map((words) => words.map((word) => word.toString(16)).join(':'));
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
    const added = ports.flatMap((port) => ['--', 'add-port', 'br0', port, ...dummy(port)]);
    ovs.vsctl('add-br', 'br0', '--', 'set', 'bridge', 'br0', ...settings, ...added);
  }

  function dummy(port: string): readonly string[] {
    return ['--', 'set', 'interface', port, 'type=dummy', `options:tx_pcap=${sentFile(port)}`];
  }

  const sentFile = (port: string) => join(ovs.folder, `${port}.pcap`);

  function replaceFlows(flows: readonly string[]): void {
    ovs.ofctl(['--names', '--bundle', 'replace-flows', 'br0', '-'], `${flows.join('\n')}\n`);
  }

  function dumped(): readonly string[] {
    return parseFlows(ovs.ofctl(['--names', '--no-stats', 'dump-flows', 'br0']));
  }

  async function outputs(port: string, hex: string): Promise<string> {
    const trace = await ovs.appctl('ofproto/trace', 'br0', `in_port=${port}`, hex);
    const actions = /^Datapath actions: (.*)$/m.exec(trace)?.[1];
    if (actions === undefined) throw new Error(`no actions in the trace:\n${trace}`);
    return actions;
  }

  test('dumps what was written, with and without statistics, repeatedly', () => {
    const wanted = bridgeFlows(bridge);
    for (const _time of [1, 2]) {
      replaceFlows(wanted);
      expect(dumped()).toEqual(wanted);
      expect(parseFlows(ovs.ofctl(['--names', 'dump-flows', 'br0']))).toEqual(wanted);
    }
  });

  test('any address and any port name is dumped as written', () => {
    const names = ['a-b', 'a.b', 'a_b', '1abc', '42', '_x', 'LOCALx', 'Ab1', 'true', 'eni0npf0vf0'];
    const odd = names.map((name) => ({ ...guest, port: known(asIfName(name)) }));
    ovs.vsctl(...names.flatMap((name) => ['--', 'add-port', 'br0', name, ...dummy(name)]).slice(1));
    const addresses = fc.sample(fc.oneof(fc.ipV4(), anyIpv6), 60);
    const wanted = bridgeFlows({ ...bridge, guestPorts: odd.map((one) => ({ ...one, addresses })) });
    replaceFlows(wanted);
    expect(dumped()).toEqual(wanted);
    replaceFlows(bridgeFlows(bridge));
  });

  test.each(forgeries)(
    '$what is dropped, and its legal twin forwarded',
    async ({ forged, legal, by = 'g1', ...more }) => {
      expect(await outputs(by, forged)).toBe('drop');
      expect(await outputs(more.legalBy ?? by, legal)).not.toBe('drop');
      // The frame is sound, and only the guest's flows stop it: a guest without spoofchk may send it.
      const unchecked = expect(await outputs('g4', forged));
      if (more.always) unchecked.toBe('drop');
      else unchecked.not.toBe('drop');
    },
  );

  test('the bridge’s own LOCAL port sends nothing', async () => {
    const hello = frame('02:00:00:00:00:07', broadcast, 0x0800, []);
    expect(await outputs('LOCAL', hello)).toBe('drop');
    expect(await outputs('bond0.20', hello)).not.toBe('drop');
  });

  test('what came through a tunnel leaves through another only if they are not protected', async () => {
    const hello = frame('02:00:00:00:00:09', broadcast, 0x0800, []);
    const shown = await ovs.appctl('dpif/show');
    const numberOf = (port: string) => new RegExp(`^ *${port} \\d+/(\\d+):`, 'm').exec(shown)?.[1];
    const reached = async (from: string) => (await outputs(from, hello)).split(',');
    expect(await reached('vx-beta')).toContain(numberOf('vx-gamma'));
    const tunnels = bridge.tunnels.flatMap(({ port }) => ['--', 'set', 'port', port, 'protected=true']);
    ovs.vsctl(...tunnels.slice(1));
    expect(await reached('vx-beta')).not.toContain(numberOf('vx-gamma'));
    expect(await reached('vx-beta')).toContain(numberOf('g1'));
    expect(await reached('g4')).toContain(numberOf('vx-gamma'));
  });

  test('a guest’s TCP and pings match on addresses only: one entry of the card for many streams', async () => {
    const hop = { mac: guest.mac, from: '10.0.0.1', to: '10.0.0.2' };
    const payload = udp(40_000, 443, new Array<number>(12).fill(0));
    const streams = [
      ipv4(hop, 6, payload),
      ipv4(hop, 1, icmp(8)),
      ipv6({ ...hop, from: 'fd00::1', to: 'fd00::2' }, 6, payload),
    ];
    for (const stream of streams) {
      const trace = await ovs.appctl('ofproto/trace', 'br0', 'in_port=g1', stream);
      expect(trace).toMatch(/^Megaflow: .*nw_frag=no$/m);
    }
  });

  test('real packets: another guest gets every legal frame in order, and nothing else', async () => {
    const pairs = forgeries.filter(({ by = 'g1', legalBy = 'g1' }) => by === 'g1' && legalBy === 'g1');
    const arrived: string[] = [];
    for (const { forged, legal } of pairs) {
      await ovs.appctl('netdev-dummy/receive', 'g1', forged, legal);
      arrived.push(legal);
      expect(await captured(sentFile('g2'), arrived.length)).toEqual(arrived);
    }
  });
});

/** The frames of a pcap file in hexadecimal, as soon as it has `count`. */
async function captured(file: string, count: number): Promise<readonly string[]> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const frames = existsSync(file) ? pcapFrames(readFileSync(file)) : [];
    if (frames.length >= count || performance.now() > deadline) return frames;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A header of 24 bytes, then frames, each after a header of 16 (pcap-savefile(5)). */
function pcapFrames(bytes: Buffer): readonly string[] {
  const frames: string[] = [];
  for (let at = 24; at + 16 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    // A frame that is still being written does not count yet.
    if (at + 16 + length > bytes.length) break;
    frames.push(bytes.toString('hex', at + 16, at + 16 + length));
    at += 16 + length;
  }
  return frames;
}
