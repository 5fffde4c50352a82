import { kernelWordsFor } from '../model/kernel-words.ts';

/** Messages of the tools that have one usual reason, and what to do about it. */
const known: readonly (readonly [words: RegExp, hint: string])[] = [
  [
    /database connection failed/,
    'ovsdb-server does not run: start it (systemctl start openvswitch-switch; journalctl -b -u ovsdb-server says why it went), then say `vflane plan`.',
  ],
  // ovs-vsctl waits for ovs-vswitchd until its --timeout; ovs-ofctl finds no socket for the bridge.
  [
    /is not a bridge or a socket|signal 14 \(Alarm clock\)/,
    'ovs-vswitchd does not answer: start it (systemctl restart openvswitch-switch; journalctl -b -u ovs-vswitchd says why it went), then say `vflane plan`.',
  ],
  [
    /could not (open|add) network device/,
    'Open vSwitch did not get the port: /var/log/openvswitch/ovs-vswitchd.log on the host says more.',
  ],
  // facts §1.2, §1.3
  [
    /\/lag\/(state|type|flags)/,
    'The card made no VF-LAG of the bond. `dmesg | grep -i -e lag -e mlx5` on the host says why: a VF had a driver, the ports are in different modes, or the firmware has more than 64 VFs a port.',
  ],
  [
    /nr_hugepages is/,
    'The kernel found memory in one piece for fewer pages than asked, which it does not call an error (mm/hugetlb.c). Free memory, or set it aside at boot: hugepages=N on the kernel command line.',
  ],
  [
    /representor of VF \d+ of \S+: \d+ match/,
    'Two netdevs say that they are this port of the switch: `ip -d link` shows phys_switch_id and phys_port_name. A reload of the driver (devlink dev reload) makes them anew.',
  ],
];

/** The hint for a message; undefined for an unknown one. */
export function hintFor(message: string): string | undefined {
  const own = known.find(([words]) => words.test(message))?.[1];
  if (own !== undefined) return own;
  const kernel = kernelWordsFor(message);
  if (kernel === undefined) return undefined;
  const { means, code } = kernel;
  return `${means.charAt(0).toUpperCase()}${means.slice(1)}. \`vflane explain ${code}\` says more.`;
}
