import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FailoverResult, PhaseSummary } from '../src/measure/failover-result.ts';
import type { IsolationResult } from '../src/measure/isolation-result.ts';
import { whileClocksStep } from './support/lab-clock.ts';
import { cardHost, household, labFabric, namespace, softwareHost } from './support/lab-fabric.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** The two promises on real kernels: traffic survives the loss of a port or switch, and tenants cannot reach each other. */
let lab: LabHost;
const hosts = { alpha: '192.168.9.1', beta: '192.168.9.2' } as const;
const targets = ['192.168.10.251', '192.168.10.252'] as const;

type Failover = FailoverResult & { readonly summary: readonly PhaseSummary[] };

function guestsOf(host: 'alpha' | 'beta', mtu: number) {
  const guests = {
    alpha: { web: namespace({ storage: '192.168.10.2/24' }), db: namespace({ household: '10.3.0.2/24' }) },
    beta: { tv: namespace({ storage: '192.168.10.3/24' }), radio: namespace({ household: '10.3.0.3/24' }) },
  }[host];
  return { guests, networks: { storage: storageText(mtu), household: household(mtu) } };
}

const storageText = (mtu: number): string =>
  `{ id: 42, mtu: ${mtu}, subnet: 192.168.10.0/24, arp-targets: [${targets.join(', ')}] }`;

function legacyText(): string {
  const of = (host: 'alpha' | 'beta') => cardHost(4, guestsOf(host, 1500).guests);
  return labFabric(guestsOf('alpha', 1500).networks, { alpha: of('alpha'), beta: of('beta') });
}

function overlayText(): string {
  const of = (host: 'alpha' | 'beta') =>
    softwareHost(`{ address: ${hosts[host]}/24, ports: [enp1s0f0, enp1s0f1] }`, guestsOf(host, 1400).guests);
  const networks = { storage: '{ id: 42, mtu: 1400, subnet: 192.168.10.0/24 }', household: household(1400) };
  return labFabric(networks, { alpha: of('alpha'), beta: of('beta') });
}

async function expectVflane(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended.stdout;
}

async function failover(how: string, times: number): Promise<Failover> {
  const words = [
    'test',
    'failover',
    '--between',
    'web',
    'tv',
    '--how',
    how,
    '--times',
    `${times}`,
    '--yes',
    '--json',
  ];
  const said = await expectVflane(0, ...words);
  const told = JSON.parse(said.trim().split('\n').at(-1) ?? '{}') as Failover;
  for (const { round, phase, ways } of told.phases) {
    const gaps = ways.map(
      ({ outageMs, byArrivalMs, over, lost }) =>
        `${outageMs.toFixed(0)}/${byArrivalMs.toFixed(0)} ms, ${lost} lost${over ? '' : ', not over'}`,
    );
    process.stdout.write(`  ${round} ${phase}: ${gaps.join(' | ')}\n`);
  }
  process.stdout.write(`  overrun ${told.overrun}\n`);
  for (const { phase, n, medianMs, worstMs } of told.summary) {
    process.stdout.write(
      `failover by ${how}: ${phase} median ${medianMs.toFixed(0)} ms, worst ${worstMs.toFixed(0)} ms, n ${n}\n`,
    );
  }
  return told;
}

/** At a thousand a second the prober loses nothing, and both measures show the same outages. */
function expectSound({ phases, overrun, intervalMs }: Failover): void {
  expect(intervalMs).toBe(1);
  expect(overrun).toBe(0);
  const downs = phases.filter(({ phase }) => phase === 'down').flatMap(({ ways }) => ways);
  expect(downs.every(({ over }) => over)).toBe(true);
  // An emulated processor pauses at times, and what it holds back arrives late: the tool reports each.
  for (const { outageMs, byArrivalMs } of downs) expect(Math.abs(outageMs - byArrivalMs)).toBeLessThan(200);
}

const medianOf = ({ summary }: Failover, phase: string): number =>
  summary.find((one) => one.phase === phase)?.medianMs ?? Number.POSITIVE_INFINITY;

/** An ARP answerer outside both hosts, at each switch. */
async function answerers(): Promise<void> {
  for (const [port, address] of targets.entries()) {
    const lines = [
      `ip netns add t${port}`,
      `ip link set enp1s0f${port} up`,
      `ip link add link enp1s0f${port} name t${port} type vlan id 42`,
      `ip link set t${port} netns t${port}`,
      `ip -n t${port} addr add ${address}/24 dev t${port}`,
      `ip -n t${port} link set t${port} up`,
    ];
    await lab.ssh(lines.join(' && '), 'gamma');
  }
}

beforeAll(async () => {
  lab = await labHost(3);
  await answerers();
});
afterAll(() => lab?.down());

describe('legacy-vlan on VFs', () => {
  it('survives a dead switch behind a live carrier, because its bonds monitor by ARP', async () => {
    lab.fabric(legacyText());
    await expectVflane(0, 'apply', '--yes');
    const told = await failover('switch', 3);
    expectSound(told);
    expect(medianOf(told, 'down')).toBeLessThanOrEqual(500);
  });

  it('separates networks, and reports that this card lets forged MACs pass', async () => {
    const said = JSON.parse(await expectVflane(9, 'test', 'isolation', '--json')) as IsolationResult;
    const across = said.cells.filter(({ from, to, tried }) => from !== to && tried > 0);
    expect([...new Set(across.map(({ verdict }) => verdict))]).toEqual(['held']);
    const leaks = said.cells.filter(({ verdict }) => verdict === 'leaked');
    expect(leaks.map(({ attack }) => attack)).toEqual(['forged MAC', 'forged MAC']);
    for (const { expected } of leaks) expect(expected).toContain('igb');
    expect(said.provesNothing).toEqual([]);
  });

  it('carries its MTU', async () => {
    await expectVflane(0, 'test', 'mtu');
    await expectVflane(0, 'destroy', '--yes');
  });
});

describe('ovs-tc over the bond of both ports', () => {
  it('survives a lost carrier', async () => {
    for (const host of ['alpha', 'beta']) await lab.ssh('systemctl start openvswitch-switch', host);
    lab.fabric(overlayText());
    await expectVflane(0, 'apply', '--yes');
    const told = await failover('carrier', 3);
    expectSound(told);
    expect(medianOf(told, 'down')).toBeLessThanOrEqual(200);
  });

  it('is drawn with what arrived, and when the bond reported what', async () => {
    await expectVflane(0, 'report', '--out', 'page.html', '--svg', 'charts');
    const drawn = readFileSync(join(lab.folder, 'charts/failover-2-packets.svg'), 'utf8');
    expect(drawn).toContain('>taken away<');
    expect(drawn).toContain('active port: enp1s0f1');
  });

  it('gives the same result while both hosts’ clocks are set an hour forward and back', async () => {
    const told = await whileClocksStep(lab, ['alpha', 'beta'], () => failover('carrier', 2));
    expectSound(told);
    expect(medianOf(told, 'down')).toBeLessThanOrEqual(500);
    const times = told.phases.flatMap(({ ways, said }) => [...ways, ...said]).map(({ atMs }) => atMs);
    expect(Math.max(...times.map(Math.abs))).toBeLessThan(20_000);
    await expectVflane(0, 'verify');
  });

  it('separates networks, and holds every guest to its addresses', async () => {
    const said = JSON.parse(await expectVflane(0, 'test', 'isolation', '--json')) as IsolationResult;
    expect(said.cells.filter(({ verdict }) => verdict === 'leaked' || verdict === 'silent')).toEqual([]);
  });

  it('carries its MTU, and its flows are in software', async () => {
    await expectVflane(0, 'test', 'mtu');
    expect(await expectVflane(0, 'test', 'offload')).toContain('nic: software');
    await expectVflane(0, 'destroy', '--yes');
  });
});
