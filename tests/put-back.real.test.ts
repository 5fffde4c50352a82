import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putBackScript } from '../src/resource/put-back.ts';
import { type DummyOvs, missingOvs, startDummyOvs } from './support/dummy-ovs.ts';

/** What systemd runs after a start of ovs-vswitchd, here with a real one without flows. */
describe.skipIf(missingOvs() !== undefined)('putting flows back', () => {
  let ovs: DummyOvs;
  let folder: string;

  beforeAll(async () => {
    ovs = await startDummyOvs();
    for (const bridge of ['br-a', 'br-b']) {
      ovs.vsctl('add-br', bridge, '--', 'set', 'Bridge', bridge, 'fail_mode=secure', 'datapath_type=dummy');
      ovs.vsctl('add-port', bridge, `p-${bridge}`, '--', 'set', 'Interface', `p-${bridge}`, 'type=dummy');
    }
  });
  afterAll(() => ovs?.stop());

  function putBack(files: { readonly [name: string]: readonly string[] }) {
    folder = mkdtempSync(join(tmpdir(), 'vflane put-back '));
    mkdirSync(join(folder, 'flows'));
    for (const [name, lines] of Object.entries(files))
      writeFileSync(join(folder, 'flows', name), lines.map((line) => `${line}\n`).join(''));
    const script = join(folder, 'flows', 'put-back.sh');
    writeFileSync(script, putBackScript);
    const env = { ...process.env, OVS_RUNDIR: ovs.folder };
    const { status, stderr } = spawnSync('/bin/sh', [script], { env, encoding: 'utf8', timeout: 20_000 });
    rmSync(folder, { recursive: true });
    return { status, stderr };
  }

  const flowsOf = (bridge: string) =>
    ovs
      .ofctl(['--names', '--no-stats', 'dump-flows', bridge])
      .trim()
      .split('\n')
      .map((line) => line.trim())
      .sort();

  test('gives every bridge its own', () => {
    const a = ['priority=100,in_port="p-br-a" actions=NORMAL', 'table=1, priority=7,ip actions=drop'];
    const b = ['priority=100,in_port="p-br-b",dl_src=02:00:00:00:00:01 actions=resubmit(,1)'];
    expect(putBack({ 'br-a.flows': a, 'br-b.flows': b })).toMatchObject({ status: 0 });
    expect([flowsOf('br-a'), flowsOf('br-b')]).toEqual([a, b]);
  });

  test('leaves out only the lines of a missing port', () => {
    const rest = ['priority=5,ip,in_port="p-br-a" actions=NORMAL', 'priority=6,arp actions=drop'];
    const gone = ['priority=1,in_port="p-gone" actions=NORMAL', 'priority=2,ip,in_port=gone actions=NORMAL'];
    const { status, stderr } = putBack({ 'br-a.flows': [...gone, ...rest] });
    expect(status).toBe(0);
    expect(stderr).toContain('vflane: br-a lacks a port, and has the flows of the others');
    expect(flowsOf('br-a')).toEqual(rest);
  });

  test('goes on despite a missing bridge or a broken line', () => {
    const b = ['priority=9,udp actions=NORMAL'];
    const files = { 'br-.flows': b, 'br-0.flows': b, 'br-a.flows': ['no flow'], 'br-b.flows': b };
    const { status, stderr } = putBack(files);
    expect(status).toBe(1);
    expect(stderr).toContain('vflane: br-0 has no flows and forwards nothing');
    expect(stderr).toContain('vflane: br-a has no flows and forwards nothing');
    expect(flowsOf('br-b')).toEqual(b);
  });

  test('ignores half a file, and has nothing to do for an empty folder', () => {
    const before = flowsOf('br-b');
    const half = { '.br-b.flows.0123456789ab.new': ['priority=1 actions=drop'] };
    expect(putBack(half)).toEqual({ status: 0, stderr: '' });
    expect(flowsOf('br-b')).toEqual(before);
  });
});
