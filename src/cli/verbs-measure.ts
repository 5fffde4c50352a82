import type { Verb } from './verb.ts';

const benchRun = { form: '[run]', summary: 'an id or its beginning, `last`, or `last~1` for the one before' };

/** Measurements, and the two promises: traffic outlives a port, and tenants cannot reach each other. */
export const measureVerbs: readonly Verb[] = [
  {
    name: 'bench',
    summary: 'Measure throughput and latency between two guests, and keep the result',
    arguments: [],
    options: [
      {
        form: '--suite <name>',
        summary:
          'seed: the table of the original log, by its method; default: enough runs to tell results apart',
        choices: ['default', 'seed'],
        default: 'default',
      },
      { form: '--network <name>', summary: 'between guests of this network' },
      {
        form: '--from <end>',
        summary: 'the client: a guest (web, or web/storage), or host:alpha for a host on the underlay',
      },
      { form: '--to <end>', summary: 'the server' },
      {
        form: '--only <cell>',
        summary: 'only cells whose name contains this: 9000/2, ping; may be given again',
        repeatable: true,
      },
      { form: '--runs <n>', summary: 'runs of each cell (seed: 3, default: 10)' },
      { form: '--seconds <n>', summary: 'length of each run of iperf3 (seed: 10, default: 5)' },
      { form: '--keep-mtu', summary: 'reduce TCP’s segment size instead of the guests’ MTU' },
      { form: '--min-rate <gbps>', summary: 'exit with 9 if a median throughput is less' },
      { form: '--max-ping <us>', summary: 'exit with 9 if the median of ping’s mean is more' },
    ],
    example: 'vflane bench --suite seed',
    load: () => import('./bench.ts'),
  },
  {
    name: 'bench list',
    summary: 'List the kept benchmarks',
    arguments: [],
    options: [],
    example: 'vflane bench list',
    load: () => import('./bench-list.ts'),
  },
  {
    name: 'bench show',
    summary: 'Show a kept benchmark, and what it was measured on',
    arguments: [benchRun],
    options: [],
    example: 'vflane bench show last',
    load: () => import('./bench-show.ts'),
  },
  {
    name: 'bench compare',
    summary: 'Say whether one benchmark is better than another, or that this cannot be told',
    arguments: [
      { form: '<a>', summary: 'a run, as for `bench show`' },
      { form: '<b>', summary: 'the run to compare it with' },
    ],
    options: [
      { form: '--force', summary: 'compare even if other things differ too; every line is then marked' },
    ],
    example: 'vflane bench compare last~1 last',
    load: () => import('./bench-compare.ts'),
  },
  {
    name: 'bench export',
    summary: 'Print kept benchmarks in a form for others',
    arguments: [{ form: '[run...]', summary: 'which runs (default: all)' }],
    options: [
      { form: '--markdown', summary: 'as tables, the seed’s first (the default)' },
      { form: '--csv', summary: 'as one line for each measured value' },
    ],
    example: 'vflane bench export --csv',
    load: () => import('./bench-export.ts'),
  },
  {
    name: 'report',
    summary: 'Make one page of what was measured, with charts',
    arguments: [{ form: '[run...]', summary: 'which benchmarks (default: all)' }],
    options: [
      { form: '-o, --out <file>', summary: 'the page (default: vflane-report.html)' },
      { form: '--svg <folder>', summary: 'also write the charts to files in this folder' },
    ],
    example: 'vflane report --out page.html',
    load: () => import('./report.ts'),
  },
  {
    name: 'test failover',
    summary: 'Take a port away under traffic, and say how long the traffic was interrupted',
    arguments: [],
    options: [
      { form: '--between <guest...>', summary: 'two guests; the host of the first loses a port' },
      { form: '--network <name>', summary: 'between guests of this network' },
      {
        form: '--how <how>',
        summary:
          'admin: take the port down; carrier: cut its cable (in the lab); pull: you do it when asked; switch: kill its switch behind a live carrier',
        choices: ['admin', 'carrier', 'pull', 'switch'],
        default: 'admin',
      },
      { form: '--times <n>', summary: 'how many times (3)' },
      {
        form: '--interval <time>',
        summary: 'time between two probes (1ms); give more if a guest’s processor is too slow',
      },
      {
        form: '--max-outage <time>',
        summary: 'exit with 9 if the traffic was interrupted for longer (300ms)',
      },
      { form: '-y, --yes', summary: 'do not ask' },
    ],
    example: 'vflane test failover --yes --max-outage 300ms',
    load: () => import('./test-failover.ts'),
  },
  {
    name: 'test isolation',
    summary: 'Have every guest send what it must not, and listen on all others',
    arguments: [],
    options: [],
    example: 'vflane test isolation',
    load: () => import('./test-isolation.ts'),
  },
  {
    name: 'test mtu',
    summary: 'The largest packet that passes between guests, and which hop has too small an MTU',
    arguments: [],
    options: [{ form: '--network <name>', summary: 'only this network' }],
    example: 'vflane test mtu',
    load: () => import('./test-mtu.ts'),
  },
  {
    name: 'test offload',
    summary: 'Show which flows are in the card, in tc and in software, and why',
    arguments: [],
    options: [{ form: '--full', summary: 'every flow, however many' }],
    example: 'vflane test offload',
    load: () => import('./test-offload.ts'),
  },
  {
    name: 'probe',
    summary: 'Measure from inside a guest; vflane starts it itself',
    arguments: [
      { form: '<role>', summary: 'which probe' },
      { form: '<spec>', summary: 'what to do, as JSON' },
    ],
    options: [],
    example: 'vflane probe changes \'{"namespaces":[],"bridges":[],"overlay":false}\' < /dev/null',
    hidden: true,
    load: () => import('./probe.ts'),
  },
];
