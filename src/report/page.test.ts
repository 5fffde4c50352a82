import { describe, expect, test } from 'vitest';
import type { FailoverResult, Phase } from '../measure/failover-result.ts';
import type { IsolationResult } from '../measure/isolation-result.ts';
import type { BenchRun } from '../measure/run-record.ts';
import { suiteOf } from '../measure/suite.ts';
import { parseXml } from '../sim/machines/domain-xml.ts';
import { reportOf } from './page.ts';

const unseen = { unseen: 'a test' };
const surroundings = {
  kernel: '6.12.0',
  cpu: 'A & B',
  governor: unseen,
  iperf3: '3.18',
  ovs: unseen,
  netdevs: {},
};
const end = (name: string, host: string) =>
  ({
    name,
    host,
    datapath: 'ovs-tc',
    address: '10.0.0.1',
    netdev: 'eth0',
    mtu: 9000,
    before: surroundings,
  }) as const;

function runOf(gbps: number): BenchRun {
  const suite = suiteOf('seed', 9000);
  const turns = suite.cells.flatMap((cell) =>
    [1, 2, 3].map((run) => {
      const flow = (direction: 'forward' | 'reverse') =>
        ({
          direction,
          bitsPerSecond: (gbps + run / 10) * 1e9,
          bytes: 1e9,
          seconds: 1,
          retransmits: 0,
        }) as const;
      const ping = { sent: 10, received: 10, minUs: 1, meanUs: 30 + run, maxUs: 99, mdevUs: 5 };
      const seen = cell.kind === 'throughput' ? { flows: [flow('forward'), flow('reverse')] } : { ping };
      return { cell, run, at: '2026-11-22T18:30:00.000Z', ...seen };
    }),
  );
  return {
    ...{
      schema: 'vflane.bench-run/1',
      id: '20261122T183000Z-seed',
      state: 'complete',
      version: '1',
      fabric: 'rack7',
    },
    ...{ network: 'storage', suite, cpus: [], turns, started: '2026-11-22T18:30:00.000Z' },
    ends: [end('web/storage', 'alpha'), end('<script>', 'beta')],
    wire: { encapsulation: { tunnel: 'vxlan4', tagged: false }, family: 4, lineBps: 100e9, slotBps: 120.4e9 },
    forwarding: { by: 'card', proof: 'the flows were in hardware' },
  };
}

const failover: FailoverResult = {
  ...{ how: 'carrier', host: 'alpha', between: ['web', 'db'], chooser: 'bond0', intervalMs: 1, overrun: 0 },
  phases: [
    {
      ...{ round: 1, phase: 'down', port: '0000:03:00.0' },
      ways: [
        {
          from: 'web',
          to: 'db',
          outageMs: 137,
          byArrivalMs: 137,
          atMs: 4,
          lost: 137,
          doubtMs: 1,
          agrees: true,
          over: true,
          outages: 1,
        },
      ],
      said: [{ atMs: 100, what: 'active port', is: 'port 1' }],
    },
  ],
};

/** A thousand datagrams per second, of which none arrive for `outageMs`. */
function tracedRound(round: number, outageMs: number): Phase {
  const steps = Array.from({ length: 100 }, (_, step) => -250 + step * 10);
  const trace = {
    ...{ fromMs: -250, stepMs: 10, sent: steps.map(() => 10) },
    arrived: steps.map((at) => (at >= 0 && at < outageMs ? 0 : 10)),
  };
  const told = { outageMs, byArrivalMs: outageMs, atMs: 0, lost: outageMs, doubtMs: 1, outages: 1 };
  const way = { ...told, agrees: true, over: true, trace };
  const said = [
    { atMs: 2, what: 'active port', is: 'eth0' },
    { atMs: outageMs, what: 'active port', is: 'eth1' },
  ] as const;
  const ways = [
    { from: 'web', to: 'db', ...way },
    { from: 'db', to: 'web', ...way },
  ];
  return { round, phase: 'down', port: 'eth0', doneMs: 3, ways, said };
}

const isolation: IsolationResult = {
  ...{
    networks: ['storage', 'household'],
    guests: ['web', 'db'],
    attacks: ['unicast', 'forged source MAC'],
    provesNothing: [],
  },
  cells: [
    { from: 'storage', to: 'household', attack: 'unicast', verdict: 'held', tried: 1, arrived: [] },
    {
      from: 'storage',
      to: 'household',
      attack: 'forged source MAC',
      verdict: 'leaked',
      tried: 1,
      arrived: ['web → db'],
      expected: 'igb',
    },
  ],
};

const about = { version: '1', made: '2026-11-22' };
const report = reportOf({ runs: [runOf(91.18)], failovers: [failover], isolations: [isolation], ...about });

describe('the page', () => {
  test('has the seed’s figures even if nothing was measured', () => {
    const { html, svgs } = reportOf({ runs: [], failovers: [], isolations: [], ...about });
    expect(html).toContain('No throughput was measured yet');
    expect(html.match(/the seed’s table<\/small>/g)).toHaveLength(3);
    expect([...svgs.keys()]).toEqual(['throughput.svg', 'throughput-dark.svg']);
  });

  test('compares a figure with what the wire can carry', () => {
    // 91.18 Gb/s is the most of TCP at MTU 1500 in VXLAN over IPv4 (facts §11); the run's median is 0.2 more.
    expect(report.html).toContain('91.4<small>100.2 % of the wire');
    expect(report.html).toContain('74.5 % of the wire');
  });

  test('loads nothing: no address, no script', () => {
    const everything = [report.html, ...report.svgs.values()]
      .join('\n')
      .replaceAll(/xmlns(:\w+)?="[^"]*"/g, '');
    expect(everything).not.toMatch(/https?:|url\((?!#)|<script|@import|\bsrc=/);
    expect(report.html).toContain('&lt;script&gt;');
  });

  test('shows what moved the packets', () => {
    expect(report.html).toContain('<span class="mark card">hardware</span>');
    const soft = { ...runOf(30), forwarding: { by: 'software', proof: 'not proved' } } as const;
    expect(reportOf({ runs: [soft], failovers: [], isolations: [], ...about }).html).toContain(
      '<span class="mark software">software</span>',
    );
  });

  test('shows how long the traffic was interrupted', () => {
    expect(report.svgs.get('failover-1.svg')).toContain('137 ms');
  });

  test('shows what arrived around each change, in the rounds with the longest outages', () => {
    const rounds = [40, 400, 10, 300, 200].map((ms, n) => tracedRound(n + 1, ms));
    const traced = { ...failover, phases: rounds };
    const { svgs } = reportOf({ runs: [], failovers: [failover, traced], isolations: [], ...about });
    expect(svgs.has('failover-1-packets.svg')).toBe(false);
    const svg = svgs.get('failover-2-packets.svg') ?? '';
    expect([1, 2, 3, 4, 5].filter((round) => svg.includes(`round ${round}:`))).toEqual([2, 4, 5]);
    expect(svg).toContain('>taken away<');
    expect(svg).toContain('active port: eth1');
    expect(svg).not.toContain('active port: eth0');
  });

  test('says when a test was', () => {
    const at = '2026-11-22T18:30:00Z';
    const dated = { failovers: [{ ...failover, at }], isolations: [{ ...isolation, at }] };
    const { html } = reportOf({ runs: [], ...dated, ...about });
    expect(html.match(/Tested at 2026-11-22T18:30:00Z\./g)?.length).toBeGreaterThan(1);
  });

  test('shows what leaked, and where that was expected', () => {
    expect(report.html).toContain('<td class="kept" title="">held</td>');
    expect(report.html).toContain('title="web → db; expected: igb">leaked<small>as expected here</small>');
  });

  test('has every chart in light and in dark, each a self-contained file', () => {
    for (const [name, svg] of report.svgs) {
      expect(svg, name).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*><title>/);
      expect(report.svgs.has(name.endsWith('-dark.svg') ? name : name.replace('.svg', '-dark.svg'))).toBe(
        true,
      );
    }
    expect(report.svgs.size).toBe(8);
  });

  test('has charts that are valid XML, as viewers of such files demand', () => {
    const traced = { ...failover, phases: [tracedRound(1, 40)] };
    const { svgs } = reportOf({
      runs: [runOf(91.18)],
      failovers: [failover, traced],
      isolations: [],
      ...about,
    });
    for (const [name, svg] of svgs) {
      const text = svg.replaceAll(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
      expect(parseXml(text), name).toMatchObject({ name: 'svg' });
      expect(text, name).not.toMatch(/&(?!(amp|lt|gt|quot|apos|#\d+);)/);
    }
    expect(svgs.size).toBeGreaterThan(8);
  });

  test('is the same for the same input', () => {
    expect(
      reportOf({ runs: [runOf(91.18)], failovers: [failover], isolations: [isolation], ...about }).html,
    ).toBe(report.html);
  });
});
