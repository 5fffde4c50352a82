import type { CatalogueEntry } from './finding.ts';

/** VF605x: benchmarks. */
export const benchFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF6050',
    severity: 'error',
    title: 'There is nothing to measure between',
    explanation:
      'A benchmark needs two guests on one network that can be measured from inside, ideally on two hosts. The file has none, or not among those that were named. A guest on the same host is used if there is no other: the measurement then never leaves the host.',
  },
  {
    code: 'VF6051',
    severity: 'warning',
    title: 'A benchmark is incomplete',
    explanation:
      'It was stopped, an end was lost, or some of its runs failed. What was measured until then is kept and marked as partial; failed runs are left out rather than counted as zero. The message and the run give the reason.',
  },
  {
    code: 'VF6052',
    severity: 'warning',
    title: 'Packets were not proved to be forwarded in hardware',
    explanation:
      'A run counts as offloaded only if it is proved: flows in hardware carried what was sent, and the representors were silent, in every run and at both ends. Otherwise it is labelled as software, whatever the settings say. Find out why with `vflane doctor`.',
  },
  {
    code: 'VF6053',
    severity: 'warning',
    title: 'The two ends have different kinds of iperf3',
    explanation:
      'From 3.16 on iperf3 gives each stream a thread; before, one thread carries all of them. With one of each, the slower decides, and the figures cannot be compared. Debian 12 has 3.12, Debian 13 has 3.18.',
  },
  {
    code: 'VF6054',
    severity: 'error',
    title: 'A benchmark did not reach what was asked for',
    explanation:
      'The median of a figure crossed a threshold on the command line: `--min-rate` is the lowest throughput in Gb/s, `--max-ping` the longest mean ping in microseconds. The exit code is 9. The interval beside the median says how sure that is.',
  },
  {
    code: 'VF6055',
    severity: 'error',
    title: 'Two benchmarks are not comparable',
    explanation:
      'They differ in more than what is to be compared: kind of iperf3 (3.16 gave it threads), kernel, pinning or length of a run. A difference between their figures says nothing about the fabric. With `--force` they are compared all the same, and every line is marked.',
  },
  {
    code: 'VF6056',
    severity: 'warning',
    title: 'A kept benchmark cannot be read',
    explanation:
      'Its folder has no `run.json` in a form that this version knows: it was removed, altered, or written by another version. The other runs are not affected. Its raw output, if there is any, is in the same folder.',
  },
  {
    code: 'VF6057',
    severity: 'error',
    title: 'There is no such benchmark yet',
    explanation:
      'Benchmarks are kept on the operator’s side, in `.vflane/bench` beside the file; `VFLANE_STATE_DIR` moves it. There are fewer than `last~N` asks for. `vflane bench` measures and keeps one, `vflane bench list` lists them.',
  },
  {
    code: 'VF6058',
    severity: 'error',
    title: 'The MTU of a measured guest cannot be changed',
    explanation:
      'To measure a smaller MTU than the guests’, a benchmark gives their netdevs that MTU while its runs last, by a plan that waits for confirmation, so that they get their own back whatever happens to vflane. That plan was refused, or the guests got their own back too early. With `--keep-mtu` no MTU is changed: TCP’s segments are made as small as they would be.',
  },
  {
    code: 'VF6059',
    severity: 'error',
    title: 'A host has no underlay address to measure from',
    explanation:
      '`--from host:NAME` measures from the host itself, by the address that its tunnels leave from: the baseline that an overlay is compared with. In legacy mode a host has no such address, and before the file is applied no host has. Measure between guests instead, or apply first.',
  },
  {
    code: 'VF6060',
    severity: 'info',
    title: 'Nothing was measured yet',
    explanation:
      'A report is made of what was measured and kept beside the file, in `.vflane/bench` and `.vflane/tests`; `VFLANE_STATE_DIR` moves both, and another `-f FILE` has its own. Nothing is kept there, so the page shows only what vflane brings with it: the reference, measured by the seed’s author. `vflane bench --suite seed` fills the same table with figures of your own hosts, `vflane test failover` and `vflane test isolation` add what they find.',
  },
];
