import type { CatalogueEntry } from './finding.ts';

/** VF6xxx: measurements, and what prevents them. */
export const measureFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF6000',
    severity: 'error',
    title: 'A simulated host carries no packets',
    explanation:
      'The simulated host is a model of the kernel, the card and Open vSwitch: it answers commands and keeps settings, but nothing is ever sent through it. A figure from it would be made up, so there is none. Measure on real hosts, or on the real kernels of `vflane lab up`.',
  },
  {
    code: 'VF6001',
    severity: 'error',
    title: 'A measuring program is not installed',
    explanation:
      'Throughput is measured with iperf3, round trips and path MTUs with ping (iputils), both on the host, inside the guest’s namespace. One of them is missing. vflane installs nothing by itself; the hint names Debian’s package.',
  },
  {
    code: 'VF6002',
    severity: 'error',
    title: 'Too many measurements run on the host at once',
    explanation:
      'vflane limits what measuring may ask of a host: so many programs at once, each with a deadline. Beyond that the host itself would be what is measured. Ask for fewer pairs at once.',
  },
  {
    code: 'VF6003',
    severity: 'warning',
    title: 'Nothing can be measured from inside this guest',
    explanation:
      'Measuring runs inside a guest: in its namespace, on the host itself if the host is the guest, or in a VM through its guest agent (qemu-guest-agent), which must run and be allowed to start programs. The agent of a VM that libvirt runs is asked through libvirt, which marks the domain as tainted (custom-ga-command) in its log. Somebody else’s VM cannot be asked. Measure from a guest that is a namespace on the same network instead: it takes the same path through the card, the bridge and the wire. Or measure hosts by their underlay: `vflane bench --from host:NAME`.',
  },
  {
    code: 'VF6004',
    severity: 'error',
    title: 'A guest is not there as the file says',
    explanation:
      'The file gives the guest a netdev on this network, but its namespace has none of that name, or no address on it. Only what was applied can be measured, so apply first. A guest that vanishes while it is measured is reported the same way.',
  },
  {
    code: 'VF6010',
    severity: 'error',
    title: 'The test would cut the operator’s own connection',
    explanation:
      'You are connected to the host over the port that the failover test takes down, or over something that stands on it. A bond may well keep you connected, but if it does not, nobody can read the result. Nothing was done. Connect through another port.',
  },
  {
    code: 'VF6011',
    severity: 'error',
    title: 'There is nothing to fail over to',
    explanation:
      'A failover needs two working ports: one to take away, and one for the traffic to move to. Here the host has only one port, or one of them is already down, or Open vSwitch has taken the ports from the kernel, which then cannot take them down. Nothing was done.',
  },
  {
    code: 'VF6012',
    severity: 'error',
    title: 'No traffic flows to begin with',
    explanation:
      'Before anything is taken away, a stream of numbered datagrams has to arrive in both directions. It did not, so an outage could not be told from what was broken before. `vflane verify` says whether the hosts match the file; `vflane test mtu` and `vflane test isolation` check the path itself.',
  },
  {
    code: 'VF6013',
    severity: 'error',
    title: 'The outage was longer than allowed',
    explanation:
      'The longest outage of the failover test exceeds `--max-outage`, so the exit code is 9. Link monitoring every 100 ms and a gratuitous ARP usually make 100 to 300 ms (facts §8). Only ARP monitoring sees a dead switch behind a live carrier: give the network, or the underlay, its arp-targets.',
  },
  {
    code: 'VF6014',
    severity: 'warning',
    title: 'The two measures of an outage do not agree',
    explanation:
      'An outage is measured twice: by which datagrams were lost and when they were sent, and by when the last before it and the first after it arrived. The two use different clocks and must agree. If they do not, datagrams were held back somewhere and came late, or a probe did not get its CPU in time: measure again on a quieter host before believing either.',
  },
  {
    code: 'VF6015',
    severity: 'error',
    title: 'A port cannot be taken away in this way here',
    explanation:
      '`--how carrier` and `--how switch` need control of the cable or the switch. In the lab vflane has both; elsewhere `--how pull` asks you at the terminal, and `--how admin` takes the port down on the host itself. Nothing was done.',
  },
  {
    code: 'VF6016',
    severity: 'warning',
    title: 'The test ended early',
    explanation:
      'Ctrl-C, a guest that vanished or a host that could no longer be reached ended the measurement. What was measured until then is kept and marked as partial. A port that was down is brought up again: at once if the host can be reached, otherwise by the host itself within a minute.',
  },
  {
    code: 'VF6017',
    severity: 'warning',
    title: 'A probe did not keep up',
    explanation:
      'Datagrams reached the guest, but the kernel dropped them there because the probe got no CPU in time to read them (RcvbufErrors in /proc/net/snmp). They look like a network outage but are not. On an emulated or overloaded host an outage of a few hundred milliseconds cannot be told from this: measure again where the guests have a CPU to spare.',
  },
  {
    code: 'VF6020',
    severity: 'error',
    title: 'A tenant reaches what it must not',
    explanation:
      'In the isolation test a guest’s frame arrived where it must not: in another network, or in its own under a false identity. The exit code is 9. `vflane verify` says whether the hosts match the file; if they do, what enforces it is at fault: on an overlay the bridge’s flows, in legacy mode the card’s spoofchk. A card that is known not to enforce it, such as the one that QEMU emulates, is reported all the same, with what is known about it.',
  },
  {
    code: 'VF6021',
    severity: 'error',
    title: 'The isolation test proves nothing',
    explanation:
      'Silence proves something only where traffic could arrive: every guest of the test has to hear its own network and be heard there, and every network has to carry its own unicast, ARP or ND, broadcast and multicast. One of them did not, or a network has only one guest that can be tested from. The exit code is 1, however little has leaked.',
  },
  {
    code: 'VF6030',
    severity: 'error',
    title: 'A network carries less than its MTU',
    explanation:
      'A packet of the network’s MTU that must not be fragmented got no answer from another guest; the message gives the largest that did, and the netdevs that are too small for it. On an overlay the underlay needs 50 bytes more than the guests’ packets, 70 over IPv6 (facts §7.4); if both hosts have that, a switch between them does not. If the underlay is too small, connections open and then hang, because what is too long is silently dropped.',
  },
  {
    code: 'VF6031',
    severity: 'error',
    title: 'There are no two guests to measure a path between',
    explanation:
      'A path MTU is measured with packets from one guest to another on its network. In this file no two guests that are namespaces, or the host itself, are on one network. Add some, and apply.',
  },
  {
    code: 'VF6040',
    severity: 'error',
    title: 'Nothing is forwarded in the card, but the file requires it',
    explanation:
      'The host’s file says `offload: required`, guests were talking, and not one Open vSwitch flow is marked as offloaded. Flows in tc that are not in hardware are the seed’s own failure: everything works, but the CPU does it (facts §0). The reasons that vflane can see are listed beside it.',
  },
  {
    code: 'VF6041',
    severity: 'warning',
    title: 'Nothing is forwarded in the card',
    explanation:
      'Guests were talking, and not one Open vSwitch flow is marked as offloaded; the host’s CPU forwards. The file prefers the card but does not require it, so this is not an error. The reasons that vflane can see are listed beside it.',
  },
  {
    code: 'VF6042',
    severity: 'warning',
    title: 'There were no flows to look at',
    explanation:
      'Open vSwitch makes datapath flows when packets come, and drops them ten seconds after the last one. While the test pinged between guests of different hosts there were none on this host, or they could not be read. Without traffic nothing can be said about offload.',
  },
];
