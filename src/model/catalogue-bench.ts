import type { CatalogueEntry } from './finding.ts';

/** VF605x: benchmarks. */
export const benchFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF6050',
    severity: 'error',
    title: 'There is nothing to measure between',
    explanation:
      'A benchmark needs two guests on one network that can be measured from inside, at best on two hosts. The file has none, or none of those that were named. A guest on the same host is taken where there is no other: what is measured then never leaves the host.',
  },
  {
    code: 'VF6051',
    severity: 'warning',
    title: 'A benchmark is incomplete',
    explanation:
      'It was stopped, an end was lost, or some of its runs failed. What was measured until then is kept and marked as partial; failed runs count for nothing rather than for zero. The reason stands in the message and in the run.',
  },
  {
    code: 'VF6052',
    severity: 'warning',
    title: 'Packets were not proved to be forwarded in hardware',
    explanation:
      'A run counts as offloaded only where it is proved: flows in hardware carried what was sent, and the representors were silent, in every run and at both ends. Otherwise it is labelled as software, whatever the settings say. Look at why with `vflane doctor`.',
  },
  {
    code: 'VF6053',
    severity: 'warning',
    title: 'The two ends have different kinds of iperf3',
    explanation:
      'From 3.16 on iperf3 gives each stream a thread; before, one thread carries all of them. With one of each, the slower decides, and the figures compare with nothing. Debian 12 has 3.12, Debian 13 has 3.18.',
  },
  {
    code: 'VF6054',
    severity: 'error',
    title: 'A benchmark did not reach what was asked for',
    explanation:
      'A threshold on the command line was crossed by the median of a figure: `--min-rate` is the least throughput in Gb/s, `--max-ping` the longest mean of ping in microseconds. The exit code is 9. The interval beside the median says how sure that is.',
  },
  {
    code: 'VF6055',
    severity: 'error',
    title: 'Two benchmarks are not comparable',
    explanation:
      'Their figures depend on more than on what is to be compared: another kind of iperf3 (3.16 gave it threads), another kernel, another pinning, another length of a run. A difference between them says nothing about the fabric. With `--force` they are compared all the same, and every line is marked.',
  },
  {
    code: 'VF6056',
    severity: 'warning',
    title: 'A kept benchmark cannot be read',
    explanation:
      'Its folder has no `run.json` of a form that this version knows: it was taken away, altered, or written by another version. The other runs are not touched by it. Its raw output, where there is any, is in the same folder.',
  },
  {
    code: 'VF6057',
    severity: 'error',
    title: 'There is no such benchmark yet',
    explanation:
      'Benchmarks are kept on the operator’s side, in `.vflane/bench` beside the file; `VFLANE_STATE_DIR` moves it. There are not as many as `last~N` would need. `vflane bench` measures and keeps one, `vflane bench list` says which there are.',
  },
  {
    code: 'VF6058',
    severity: 'error',
    title: 'The MTU of a measured guest cannot be changed',
    explanation:
      'A benchmark of a smaller MTU than the guests’ gives their netdevs that MTU for as long as its runs last, by a plan that waits to be confirmed, so that they get their own back whatever becomes of vflane. That plan was refused, or the guests got their own back too early. With `--keep-mtu` no MTU is changed: TCP’s segments are made as small as they would be.',
  },
  {
    code: 'VF6059',
    severity: 'error',
    title: 'A host has no underlay to be measured by',
    explanation:
      '`--from host:NAME` measures from the host itself, by the address that its tunnels leave from: the baseline that an overlay is held against. In legacy mode a host has no such address, and before the file is applied no host has. Measure between guests instead, or apply first.',
  },
  {
    code: 'VF6060',
    severity: 'info',
    title: 'Nothing was measured yet',
    explanation:
      'A report is made of what was measured and kept beside the file, in `.vflane/bench` and `.vflane/tests`; `VFLANE_STATE_DIR` moves both, and another `-f FILE` has its own. Nothing is kept there, so that the page shows only what vflane brings with it: the reference, which the seed’s author has measured. `vflane bench --suite seed` fills the same table with figures of your own hosts, `vflane test failover` and `vflane test isolation` add what they find.',
  },
];
