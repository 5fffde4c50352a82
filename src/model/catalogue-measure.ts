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
    severity: 'warning',
    title: 'Nothing can be measured from inside this guest',
    explanation:
      'Measuring runs inside a guest: in the namespace of one that is a namespace, on the host itself for a guest that is the host, and in a VM by the guest agent in it (qemu-guest-agent), which has to run, and to be allowed to start programs. The agent of a VM that libvirt runs is asked through libvirt, which marks the domain as tainted (custom-ga-command) in its log. A VM of somebody else’s cannot be asked. Measure from a guest that is a namespace on the same network instead: it takes the same road through the card, the bridge and the wire. Or measure hosts by their underlay: `vflane bench --from host:NAME`.',
  },
  {
    code: 'VF6004',
    severity: 'error',
    title: 'A guest is not there as the file has it',
    explanation:
      'The file gives the guest a netdev on this network, and in its namespace there is none of that name, or no address on it. What is measured is what was applied, so apply first. A guest that vanishes while it is measured is told the same way.',
  },
  {
    code: 'VF6010',
    severity: 'error',
    title: 'The test would take down the operator’s own way in',
    explanation:
      'You are connected to the host over the port that the failover test takes down, or over something that stands on it. A bond may well keep you connected, and if it does not, nobody could read the result. Nothing was done. Come in by another port.',
  },
  {
    code: 'VF6011',
    severity: 'error',
    title: 'There is nothing to fail over to',
    explanation:
      'A failover needs two ports that work: one that is taken away, and one that the traffic moves to. Here the host has one port only, or one of them is down already, or Open vSwitch has taken the ports from the kernel, which then cannot take them down. Nothing was done.',
  },
  {
    code: 'VF6012',
    severity: 'error',
    title: 'No traffic flows to begin with',
    explanation:
      'Before anything is taken away, a stream of numbered datagrams has to arrive in both directions. It did not, so an outage could not be told from what was broken before. `vflane verify` says whether the hosts are as the file wants them; `vflane test mtu` and `vflane test isolation` look at the road itself.',
  },
  {
    code: 'VF6013',
    severity: 'error',
    title: 'The traffic was away for longer than allowed',
    explanation:
      'The longest outage of the failover test is longer than `--max-outage` allows, so the exit code is 9. Link monitoring every 100 ms and a gratuitous ARP usually make 100 to 300 ms (facts §8). A dead switch behind a live carrier is seen only by ARP monitoring: give the network, or the underlay, its arp-targets.',
  },
  {
    code: 'VF6014',
    severity: 'warning',
    title: 'The two measures of an outage do not agree',
    explanation:
      'An outage is measured twice: by which datagrams were lost and when they were sent, and by when the last before it and the first after it arrived. They are of two clocks and have to say the same. Where they do not, datagrams were held back somewhere and came late, or a probe did not get its processor in time: measure again on a quieter host before believing either.',
  },
  {
    code: 'VF6015',
    severity: 'error',
    title: 'A port cannot be taken away in this manner here',
    explanation:
      '`--how carrier` and `--how switch` need somebody who has the cable or the switch in hand. In the lab vflane has both; elsewhere `--how pull` asks you at the terminal, and `--how admin` takes the port down on the host itself. Nothing was done.',
  },
  {
    code: 'VF6016',
    severity: 'warning',
    title: 'The test was ended before its end',
    explanation:
      'Ctrl-C, a guest that vanished or a host that could no longer be reached ended the measurement. What was measured until then is kept and marked as partial. A port that was down is brought up again: at once where the host is reached, and otherwise by the host itself within a minute.',
  },
  {
    code: 'VF6017',
    severity: 'warning',
    title: 'A probe did not keep up',
    explanation:
      'Datagrams reached the guest, and the kernel dropped them there because the probe got no processor in time to take them out (RcvbufErrors in /proc/net/snmp). They look like an outage of the network and are none. On an emulated or overloaded host no outage of a few hundred milliseconds can be told from this: measure again where the guests have a processor to spare.',
  },
  {
    code: 'VF6020',
    severity: 'error',
    title: 'A tenant reaches what it must not',
    explanation:
      'The isolation test had a guest send a frame that must not arrive where it did: from another network, or within its own under a name that is not its own. The exit code is 9. `vflane verify` says whether the hosts are as the file wants them; where they are, what enforces it is at fault: on an overlay the bridge’s flows, in legacy mode the card’s spoofchk. A card that is known not to enforce it, such as the one that QEMU emulates, is told all the same, with what is known of it.',
  },
  {
    code: 'VF6021',
    severity: 'error',
    title: 'The isolation test proves nothing',
    explanation:
      'That nothing arrives is worth something only where something could: every guest of the test has to hear its own network and to be heard there, and every network has to carry its own unicast, ARP or ND, broadcast and multicast. One of them did not, or a network has only one guest that can be tested from. The exit code is 1, however little has leaked.',
  },
  {
    code: 'VF6030',
    severity: 'error',
    title: 'A network carries less than its MTU',
    explanation:
      'Between two guests a packet of the network’s MTU that must not be divided did not come back; the largest that did is told, with the netdevs that are too short for it. On an overlay the underlay needs 50 bytes more than the guests’ packets, 70 over IPv6 (facts §7.4), and where both hosts have that, it is a switch between them. Too small an underlay shows as connections that open and then hang, because what is too long is dropped without a word.',
  },
  {
    code: 'VF6031',
    severity: 'error',
    title: 'There is nothing to measure a path between',
    explanation:
      'A path MTU is measured by packets from one guest to another of its network. In this file no two guests that are namespaces, or the host itself, are on one network. Add some, and apply.',
  },
  {
    code: 'VF6040',
    severity: 'error',
    title: 'Nothing is forwarded in the card, and the file requires it',
    explanation:
      'The host’s file says `offload: required`, guests were talking, and not one flow of Open vSwitch is marked as offloaded. Flows in tc that are not in hardware are the seed’s own failure: everything works, and the CPU does it (facts §0). The reasons that vflane can see stand beside it.',
  },
  {
    code: 'VF6041',
    severity: 'warning',
    title: 'Nothing is forwarded in the card',
    explanation:
      'Guests were talking, and not one flow of Open vSwitch is marked as offloaded; the host’s CPU forwards. The file prefers the card and does not require it, so this is not an error. The reasons that vflane can see stand beside it.',
  },
  {
    code: 'VF6042',
    severity: 'warning',
    title: 'There were no flows to look at',
    explanation:
      'Open vSwitch makes flows of its datapath when packets come, and drops them ten seconds after the last one. While the test pinged between guests of different hosts there were none on this host, or they could not be read. Without traffic nothing can be said of offload.',
  },
];
