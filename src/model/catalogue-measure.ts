import type { CatalogueEntry } from './finding.ts';

/** VF6xxx: what is measured, and what stands against measuring it. */
export const measureFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF6000',
    severity: 'error',
    title: 'A simulated host carries no packets',
    explanation:
      'The simulated host is a model of the kernel, the card and Open vSwitch: it answers commands and keeps settings, and nothing is ever sent through it. A number from it would be made up, so there is none. Measure on real hosts, or on the real kernels of `vflane lab up`.',
  },
  {
    code: 'VF6001',
    severity: 'error',
    title: 'A measuring program is not installed',
    explanation:
      'Throughput is measured by iperf3, round trips and path MTUs by ping (iputils), both on the host, inside the guest’s namespace. One of them is not there. vflane installs nothing by itself; the hint names Debian’s package.',
  },
  {
    code: 'VF6002',
    severity: 'error',
    title: 'Too much is measured on the host at once',
    explanation:
      'vflane bounds what measuring may ask of a host: so many programs at once, each with a deadline. Beyond that the host itself would be what is measured. Ask for fewer pairs at once.',
  },
  {
    code: 'VF6003',
    severity: 'error',
    title: 'Nothing can be measured from inside this guest',
    explanation:
      'Measuring runs inside a guest: in the namespace of one that is a namespace, on the host itself for a guest that is the host. Into a VM of somebody else’s, or one that does not run, vflane has no way. Measure between guests that are namespaces on the same network: they take the same road through the card, the bridge and the wire.',
  },
  {
    code: 'VF6004',
    severity: 'error',
    title: 'A guest is not there as the file has it',
    explanation:
      'The file gives the guest a netdev on this network, and in its namespace there is none of that name, or no address on it. What is measured is what was applied, so apply first. A guest that vanishes while it is measured is told the same way.',
  },
];
