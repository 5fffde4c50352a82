import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FailoverResult } from '../src/measure/failover-result.ts';
import type { IsolationResult } from '../src/measure/isolation-result.ts';
import type { BenchRun } from '../src/measure/run-record.ts';
import type { GuestConsole } from './support/guest-console.ts';
import { cardHost, household, labFabric, namespace, storage } from './support/lab-fabric.ts';
import { GuestLab, lastOf, timed, vm, web } from './support/lab-guest.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** Measured inside a VM with VFs, through its agent: an emulator within an emulated host, so the figures mean nothing. */
let lab: LabHost;
let guests: GuestLab;
let vm1: GuestConsole;

beforeAll(async () => {
  lab = await timed('two hosts up', labHost(2, ['--memory', '2G']));
  guests = new GuestLab(lab);
  await guests.prepare(['alpha']);
  const alpha = cardHost(2, { vm1: vm(2), db: namespace({ household: '10.3.0.2/24' }) });
  const beta = cardHost(2, { ...web, radio: namespace({ household: '10.3.0.3/24' }) });
  lab.fabric(labFabric({ storage: storage(), household: household() }, { alpha, beta }));
  await guests.vflane(0, 'apply', '--yes');
  vm1 = await guests.up('vm1');
}, 1_800_000);
afterAll(() => lab?.down());

describe('a VM as an end of what is measured', () => {
  it('is refused, with what to do, if nothing answers in it', async () => {
    expect(await guests.vflane(4, 'bench', '--from', 'vm1', '--to', 'web')).toMatch(
      /VF6003.*vm1: no guest agent answers in it/,
    );
    await vm1.run('agent');
  });

  it('has throughput and latency', async () => {
    const words = ['--suite', 'seed', '--runs', '1', '--seconds', '3', '--only', '1500/2', '--only', 'ping'];
    const said = await guests.vflane(0, 'bench', '--from', 'vm1', '--to', 'web', ...words, '--json');
    const { run } = lastOf<{ run: BenchRun }>(said);
    expect(run).toMatchObject({ state: 'complete', suite: { mtuBy: 'segments' } });
    expect(run.ends[0]).toMatchObject({ name: 'vm1/storage', netdev: 'storage', address: '192.168.10.2' });
    for (const { flows = [], ping } of run.turns) {
      console.log(JSON.stringify({ flows, ping }));
      for (const { bitsPerSecond } of flows) expect(bitsPerSecond).toBeGreaterThan(1e5);
    }
  });

  it('has round trips over TCP and UDP', async () => {
    const words = ['--runs', '1', '--only', 'tcp round trips', '--only', 'udp round trips'];
    const said = await guests.vflane(0, 'bench', '--from', 'web', '--to', 'vm1', ...words, '--json');
    const { run } = lastOf<{ run: BenchRun }>(said);
    expect(run.turns).toHaveLength(2);
    for (const { roundTrips } of run.turns) {
      console.log(JSON.stringify(roundTrips));
      expect(roundTrips?.count).toBeGreaterThan(5);
    }
  });

  it('survives the loss of a port, and reports when its own bond moved', async () => {
    const words = ['--between', 'vm1', 'web', '--times', '1', '--interval', '20ms', '--yes', '--json'];
    const told = lastOf<FailoverResult>(await guests.vflane(0, 'test', 'failover', ...words));
    console.log(
      JSON.stringify(
        told.phases.map(({ phase, ways, said }) => ({
          phase,
          said,
          ways: ways.map(({ trace: _, ...way }) => way),
        })),
      ),
    );
    const [down] = told.phases;
    expect(down?.ways.every(({ over }) => over)).toBe(true);
    expect(down?.said.at(-1)?.is).toBe('0000:01:00.1');
  });

  it('attacks and is attacked, and reports what arrived', async () => {
    const said = lastOf<IsolationResult>(await guests.vflane(9, 'test', 'isolation', '--json'));
    expect(said).toMatchObject({ provesNothing: [], guests: expect.arrayContaining(['vm1/storage']) });
    const pairs = (from: string, to: string, attack: string) =>
      said.cells.find((cell) => cell.from === from && cell.to === to && cell.attack === attack)?.arrived;
    for (const attack of ['unicast', 'ARP/ND', 'broadcast', 'multicast'])
      expect(pairs('storage', 'storage', attack)?.toSorted()).toEqual([
        'vm1/storage → web/storage',
        'web/storage → vm1/storage',
      ]);
    // QEMU's emulated card lets a forged MAC pass: so it did leave the VM.
    expect(pairs('storage', 'storage', 'forged MAC')).toContain('vm1/storage → web/storage');
    const across = said.cells.filter(({ from, to, tried }) => from !== to && tried > 0);
    expect([...new Set(across.map(({ verdict }) => verdict))]).toEqual(['held']);
  });

  it('has nothing of it left', async () => {
    expect(await vm1.run('ls /run')).not.toContain('vflane-measure');
  });
});
