import type { Verb } from './verb.ts';

const benchRun = { form: '[run]', summary: 'an id or its beginning, `last`, or `last~1` for the one before' };

/** Numbers, and the two promises: traffic outlives a port, and tenants cannot reach each other. */
export const measureVerbs: readonly Verb[] = [
  {
    name: 'bench',
    summary: 'Measure throughput and latency between two guests, and keep it',
    arguments: [],
    options: [
      {
        form: '--suite <name>',
        summary: 'seed: its table, by its method; default: enough runs to tell things apart',
        choices: ['default', 'seed'],
        default: 'default',
      },
      { form: '--network <name>', summary: 'between guests of this network' },
      {
        form: '--from <end>',
        summary: 'the end that asks: web, or web/storage; host:alpha for a host by its underlay',
      },
      { form: '--to <end>', summary: 'the end that answers' },
      {
        form: '--only <cell>',
        summary: 'only cells of this name, or a part of it: 9000/2, ping; may be given again',
        repeatable: true,
      },
      { form: '--runs <n>', summary: 'of each cell (seed: 3, default: 10)' },
      { form: '--seconds <n>', summary: 'of each run of iperf3 (seed: 10, default: 5)' },
      { form: '--keep-mtu', summary: 'make TCP’s segments smaller instead of the guests’ MTU' },
      { form: '--min-rate <gbps>', summary: 'exit 9 where the median of a throughput is less' },
      { form: '--max-ping <us>', summary: 'exit 9 where the median of ping’s mean is more' },
    ],
    example: 'vflane bench --suite seed',
    load: () => import('./bench.ts'),
  },
  {
    name: 'bench list',
    summary: 'Which benchmarks are kept',
    arguments: [],
    options: [],
    example: 'vflane bench list',
    load: () => import('./bench-list.ts'),
  },
  {
    name: 'bench show',
    summary: 'A kept benchmark, and what it was measured on',
    arguments: [benchRun],
    options: [],
    example: 'vflane bench show last',
    load: () => import('./bench-show.ts'),
  },
  {
    name: 'bench compare',
    summary: 'Whether one benchmark is better than another, or whether that cannot be told',
    arguments: [
      { form: '<a>', summary: 'a run, as for `bench show`' },
      { form: '<b>', summary: 'the run that is held against it' },
    ],
    options: [{ form: '--force', summary: 'even where other things differ; every line is marked then' }],
    example: 'vflane bench compare last~1 last',
    load: () => import('./bench-compare.ts'),
  },
  {
    name: 'bench export',
    summary: 'Print kept benchmarks for others',
    arguments: [{ form: '[run...]', summary: 'which; all unless said' }],
    options: [
      { form: '--markdown', summary: 'as tables, the seed’s first (unless said otherwise)' },
      { form: '--csv', summary: 'a line for each measured value' },
    ],
    example: 'vflane bench export --csv',
    load: () => import('./bench-export.ts'),
  },
  {
    name: 'report',
    summary: 'Make one page, with charts, of what was measured',
    arguments: [{ form: '[run...]', summary: 'which benchmarks; all unless said' }],
    options: [
      { form: '-o, --out <file>', summary: 'where to (default: vflane-report.html)' },
      { form: '--svg <folder>', summary: 'the charts as files, too' },
    ],
    example: 'vflane report --out page.html',
    load: () => import('./report.ts'),
  },
  {
    name: 'test failover',
    summary: 'Take a port away under traffic, and say for how long the traffic was away',
    arguments: [],
    options: [
      { form: '--between <guest...>', summary: 'two guests; the first one’s host loses a port' },
      { form: '--network <name>', summary: 'between guests of this network' },
      {
        form: '--how <how>',
        summary:
          'the port down; its cable (in the lab); by you, when asked; its switch dead behind a live carrier',
        choices: ['admin', 'carrier', 'pull', 'switch'],
        default: 'admin',
      },
      { form: '--times <n>', summary: 'how often (3)' },
      {
        form: '--interval <time>',
        summary: 'between two probes (1ms); more where a guest’s processor is too slow',
      },
      { form: '--max-outage <time>', summary: 'exit 9 where the traffic was away for longer (300ms)' },
      { form: '-y, --yes', summary: 'do not ask' },
    ],
    example: 'vflane test failover --yes --max-outage 300ms',
    load: () => import('./test-failover.ts'),
  },
  {
    name: 'test isolation',
    summary: 'Have every guest send what it must not, and listen at every other',
    arguments: [],
    options: [],
    example: 'vflane test isolation',
    load: () => import('./test-isolation.ts'),
  },
  {
    name: 'test mtu',
    summary: 'The largest packet that passes between guests, and which hop is too short',
    arguments: [],
    options: [{ form: '--network <name>', summary: 'only this network' }],
    example: 'vflane test mtu',
    load: () => import('./test-mtu.ts'),
  },
  {
    name: 'test offload',
    summary: 'Which flows are in the card, in tc and in software, and why',
    arguments: [],
    options: [{ form: '--full', summary: 'every flow, however many' }],
    example: 'vflane test offload',
    load: () => import('./test-offload.ts'),
  },
  {
    name: 'probe',
    summary: 'What measures from inside a guest: started by vflane itself',
    arguments: [
      { form: '<role>', summary: 'which probe' },
      { form: '<spec>', summary: 'what it is to do, as JSON' },
    ],
    options: [],
    example: 'vflane probe changes \'{"namespaces":[],"bridges":[],"overlay":false}\' < /dev/null',
    hidden: true,
    load: () => import('./probe.ts'),
  },
];
