import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReadOnly } from './read-only.ts';

const reads = [
  'ip -j link',
  'ip -j -d -s link show dev enp3s0f0np0',
  'ip -n g40 -j addr show',
  'ip -j route get 192.168.9.1',
  'ip -6 -j neigh show dev bond0',
  'ip -j netns list',
  'ip netns exec g40 ip -j link show',
  'ip netns exec g40 cat /sys/class/net/bond0/bonding/slaves',
  'devlink -j dev eswitch show pci/0000:03:00.0',
  'devlink -j port show',
  'devlink -j dev info',
  'devlink -j dev param show pci/0000:03:00.0 name esw_multiport',
  'ethtool -l enp3s0f0np0',
  'ethtool --json -k enp3s0f0np0',
  'ethtool -S enp3s0f0v0',
  'ethtool enp3s0f0np0',
  'cat /sys/class/net/bond0/bonding/active_slave',
  'readlink -f /sys/class/net/eth0/device',
  'ls -1 /sys/class/net',
  'uname -r',
  'id -u',
  'lsmod',
  'dmesg -k --json',
  'udevadm info --query=property --path=/sys/class/net/eth0',
  'systemctl is-active openvswitch-switch',
  'systemctl show --property=ActiveState,SubState openvswitch-switch',
  'bridge -j fdb show dev vxlan0',
  'tc -s -j filter show dev enp3s0f0r0 ingress',
  'ovs-vsctl --format=json list Open_vSwitch',
  'ovs-vsctl --format json --columns=name,error list Interface -- list Bridge',
  'ovs-vsctl -- --columns=name list Interface',
  'ovs-vsctl --if-exists get Open_vSwitch . other_config:hw-offload',
  'ovs-appctl dpctl/dump-flows -m type=offloaded',
  'ovs-appctl -t ovs-vswitchd bond/show',
  'ovs-ofctl -O OpenFlow13 dump-flows br0 --no-stats',
  'nft -j list ruleset',
  'nft -j list table inet vflane',
  'mstflint -d 03:00.0 q',
  'mstflint -i /root/fw.bin q',
  'mstfwreset -d 03:00.0 q',
  'mstconfig -d 03:00.0 q SRIOV_EN NUM_OF_VFS',
  'virsh --readonly list --all --name',
  'virsh -r dumpxml ceph1',
  'lspci -D -nn -s 03:00.0',
  'modinfo -F filename mlx5_core',
  'rdma -j link',
  'ovs-vsctl --version',
  'ovs-ofctl --no-stats --sort dump-flows br0',
  'ovs-ofctl diff-flows br0 /tmp/wanted',
  'sysctl -n net.ipv6.conf.br0.disable_ipv6',
  'update-alternatives --query ovs-vswitchd',
  'apt-get -s -q --no-install-recommends install openvswitch-switch librte-net-mlx5-25',
  'apt-mark showauto ethtool',
];

const writes = [
  'ip link set dev eth0 down',
  'ip link s dev eth0 down',
  'apt-get install openvswitch-switch',
  'apt-get -q -s install openvswitch-switch',
  'apt-get -s install -o DPkg::Pre-Invoke::=reboot openvswitch-switch',
  'apt-get -s -o Dir::Bin::dpkg=/tmp/x install openvswitch-switch',
  'apt-get -s dist-upgrade',
  'apt-mark auto ethtool',
  'ip link a dev eth0',
  'ip -batch -',
  'ip -b /tmp/x',
  'ip -all netns exec ip link',
  'ip addr flush dev eth0',
  'ip netns exec g40 ip link set eth0 down',
  'ip netns exec g40 sh -c true',
  'ip netns exec g40',
  'devlink dev eswitch set pci/0000:03:00.0 mode switchdev',
  'devlink dev show -b /tmp/x',
  'devlink health dump show pci/0000:03:00.0 reporter fw',
  'ethtool -L eth0 combined 32',
  'ethtool -k eth0 -K eth0',
  'ethtool -t eth0',
  'cat /dev/watchdog',
  'cat /sys/../dev/watchdog',
  'cat //dev/watchdog',
  'cat -',
  'dmesg -C',
  'dmesg -Tc',
  'udevadm info -c',
  'udevadm info --cleanup-db',
  'systemctl restart openvswitch-switch',
  'systemctl -H other show x',
  'bridge -b -',
  'tc qdisc del dev eth0 ingress',
  'ovs-vsctl',
  'ovs-vsctl list Bridge -- set Bridge br0 fail_mode=secure',
  'ovs-vsctl --log-file=/etc/x list Bridge',
  'ovs-vsctl list Bridge --',
  'ovs-appctl vlog/set dbg',
  'ovs-appctl exit',
  'ovs-ofctl add-flow br0 actions=drop',
  'ovs-ofctl dump-flows br0 --log-file=/x',
  'nft list ruleset ; flush ruleset',
  'nft -f /tmp/x',
  'mstflint -d 03:00.0 -i fw.bin burn',
  'mstflint -d 03:00.0 ri /root/q',
  'mstfwreset -d 03:00.0 -y reset',
  'mstfwreset -d 03:00.0 reset_fsm_register',
  'mstconfig -d 03:00.0 -f /root/q backup',
  'mstconfig -d 03:00.0 set SRIOV_EN=1',
  'mstconfig -j /etc/x -d 03:00.0 q',
  'virsh list',
  'virsh -r destroy ceph1',
  'virsh --readonly --connect=qemu+ext:///x?command=sh list',
  'lspci -F /x',
  'sh -c true',
  '/usr/sbin/ip link',
  'constructor',
  'hostname x',
  'rdma dev set mlx5_0 name x',
  'ovs-ofctl replace-flows br0 /tmp/wanted',
  'ovs-ofctl diff-flows br0 --log-file=/etc/x',
  'sysctl net.ipv4.ip_forward=1',
  'sysctl -w net.ipv4.ip_forward=1',
  'sysctl --system',
  'sysctl -p /tmp/x',
  'update-alternatives --set ovs-vswitchd /usr/lib/x',
  'update-alternatives --query ovs-vswitchd --set ovs-vswitchd /usr/lib/x',
];

describe('isReadOnly', () => {
  it.each(reads)('lets through: %s', (line) => expect(isReadOnly(line.split(' '))).toBe(true));
  it.each(writes)('refuses: %s', (line) => expect(isReadOnly(line.split(' '))).toBe(false));

  it('refuses an empty argv, an empty word, a NUL, and a second nft command behind a newline', () => {
    expect(isReadOnly([])).toBe(false);
    expect(isReadOnly(['ip', 'link', 'show', ''])).toBe(false);
    expect(isReadOnly(['cat', '/sys/x\0'])).toBe(false);
    expect(isReadOnly(['nft', 'list', 'ruleset\nflush ruleset'])).toBe(false);
    expect(isReadOnly(['nft', 'list', 'ruleset', ';', 'flush', 'ruleset'])).toBe(false);
  });

  it('refuses every read once its verb is replaced by one that changes', () => {
    const verbs = fc.constantFrom(
      ...'set add del delete change replace flush append exec save restore burn clear'.split(' '),
    );
    const shown = reads.filter((line) => / (show|list|get|info|q|dumpxml) /.test(`${line} `));
    fc.assert(
      fc.property(fc.constantFrom(...shown), verbs, (line, verb) => {
        const argv = line.replaceAll(/(?<= )(show|list|get|info|q|dumpxml)(?= |$)/g, verb).split(' ');
        expect(isReadOnly(argv)).toBe(false);
      }),
    );
  });

  it('refuses an unknown option, wherever it stands', () => {
    const option = fc
      .stringMatching(/^--?[b-z]{4,8}(=[a-z]{1,3})?$/)
      .filter(
        (o) =>
          !/^--(names|bare|format|columns|data|timeout|target|protocols|query|path|name|property|pretty|all|quiet|value|export|show|kernel|since|json)/.test(
            o,
          ),
      );
    fc.assert(
      fc.property(
        fc.constantFrom(...reads.filter((l) => !l.startsWith('virsh'))),
        option,
        fc.nat(),
        (line, word, at) => {
          const argv = line.split(' ');
          argv.splice(1 + (at % argv.length), 0, word);
          // An option's value may be any word that does not begin with a dash.
          expect(isReadOnly(argv)).toBe(false);
        },
      ),
    );
  });

  it('lets no word sneak in a change: unknown words may stand only where arguments do', () => {
    const word = fc.oneof(
      fc.constantFrom(...new Set([...reads, ...writes].flatMap((line) => line.split(' ')))),
      fc.string(),
    );
    const changes =
      /^(ip|bridge|tc|devlink)( -\S+| -[nfN] \S+)* \S+ (set|add|del|delete|change|replace|flush|append|save|restore)( |$)/;
    fc.assert(
      fc.property(fc.array(word, { maxLength: 7 }), (argv) => {
        if (isReadOnly(argv)) expect(argv.join(' ')).not.toMatch(changes);
      }),
      { numRuns: 3000 },
    );
  });
});
