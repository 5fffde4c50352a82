// Run as root on a host of the lab with netdevsim's card: `node capture.mjs ROOT >FILE`. Sets up the host by hand, runs
// every tool whose output vflane reads, and prints the outputs as JSON. ROOT is `/`, or an unpacked system of another
// release, whose tools then query the same kernel.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const [root = '/'] = process.argv.slice(2);
const isOwn = root === '/';
const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', LD_LIBRARY_PATH: process.env.EXTRA_LIBS ?? '' };

function say(program, args, input = '') {
  const { status, stdout, stderr } = spawnSync(program, args, { env, input, encoding: 'utf8', timeout: 20_000 });
  return { code: status ?? 142, stdout: stdout ?? '', stderr: stderr ?? '' };
}
/** Runs a line in this host's own shell; only reports a failure. */
function shell(line, input = '') {
  const said = say('sh', ['-c', line], input);
  if (said.code !== 0) process.stderr.write(`${line}: ${said.code}: ${said.stderr}`);
}
/** Runs an argv with ROOT's tools. */
function tool(argv, input = '') {
  return isOwn ? say(argv[0], argv.slice(1), input) : say('chroot', [root, ...argv], input);
}
function must(line, input = '') {
  const said = tool(line.split(' '), input);
  if (said.code !== 0) process.stderr.write(`${line}: ${said.code}: ${said.stderr}`);
}

const sys = '/sys/bus/pci/devices';
const nsim = (n) => `/sys/bus/netdevsim/devices/netdevsim${n}`;

function setUpKernel() {
  shell('ip link set enp1s0f0 up; ip link set enp1s0f1 up; sleep 3');
  for (const port of [0, 1]) {
    shell(`echo 0 >${sys}/0000:01:00.${port}/sriov_drivers_autoprobe; echo 2 >${sys}/0000:01:00.${port}/sriov_numvfs`);
    shell(`ip link set enp1s0f${port} vf 0 mac 02:aa:00:00:0${port}:00 vlan 40 spoofchk on`);
    for (const set of [`mac 02:aa:00:00:0${port}:01`, 'vlan 41 qos 3', 'max_tx_rate 100', 'trust on'])
      shell(`ip link set enp1s0f${port} vf 1 ${set}`);
    shell(`echo 2 >${nsim(port)}/sriov_numvfs`);
  }
  shell('devlink dev eswitch set netdevsim/netdevsim0 mode switchdev');
  shell('ip link set enp1s0f0 up; ip link set enp1s0f1 down; ip link add bond0 type bond mode active-backup miimon 100');
  shell('ip link set enp1s0f1 master bond0; ip link set bond0 up; ip addr add 192.168.9.2/24 dev bond0; ip link set bond0 mtu 2000');
  shell('ip link add link bond0 name bond0.20 type vlan id 20; ip link set bond0.20 up');
  shell('ip link add vx42 type vxlan id 42 dstport 4790 local 192.168.9.2 remote 192.168.9.1; ip link add br9 type bridge; ip link set vx42 master br9');
  shell('ip link set eni0np1 up; ethtool -K eni0np1 hw-tc-offload on');
  shell('ip route add 10.9.0.0/16 via 10.0.2.2 dev mgmt0 metric 50; ip route add 10.8.0.1 via 10.0.2.2 proto static; ip -6 addr add 2001:db8::2/64 dev bond0 nodad; ip -6 route add 2001:db8:9::/48 via 2001:db8::1 dev bond0; ip -6 route add default via 2001:db8::1 dev bond0');
  shell('tc qdisc add dev eni0np1 ingress_block 22 ingress; tc qdisc add dev bond0 clsact; tc qdisc add dev enp1s0f0 ingress');
  shell('ip netns add g1; ip link add v0 type veth peer name eth0 netns g1; ip -n g1 addr add 10.1.0.1/24 dev eth0; ip -n g1 link set eth0 up; ip link set v0 up');
  shell('ip netns add g2; ip link add v1 type veth peer name eth0 netns g2; ip -n g2 addr add 10.1.0.2/24 dev eth0; ip -n g2 link set eth0 up; ip link set v1 up');
  shell('ip -n g1 route add default via 10.1.0.254; ip netns exec g1 ethtool -K eth0 tx off');
  shell('ip link add b0 type veth peer name b0x; ip link add b1 type veth peer name b1x; ip link set b0 up; ip link set b0x up; ip link set b1 up; ip link set b1x up');
  shell('ping -c1 -W1 10.0.2.2 >/dev/null; ping -c1 -W1 10.0.2.99 >/dev/null; true');
}

const guard = `add table inet vflane
add chain inet vflane ports { type filter hook prerouting priority -450; policy accept; }
add chain inet vflane underlay { type filter hook input priority -10; policy accept; }
add set inet vflane peers { type ipv4_addr; elements = { 192.168.9.2, 192.168.9.4 }; }
add set inet vflane ports { type ifname; elements = { "br-storage", "web-8bb64b" }; }
add rule inet vflane ports iifname @ports drop
add rule inet vflane underlay udp dport 4789 ip daddr 192.168.9.1 ip saddr @peers accept
add rule inet vflane underlay iifname "bond0.20" udp dport 4789 drop
add table arp vflane
add chain arp vflane ports { type filter hook input priority 0; policy accept; }
add set arp vflane ports { type ifname; elements = { "br-storage" }; }
add rule arp vflane ports iifname @ports drop
`;

const flows = `priority=300,dl_dst=01:80:c2:00:00:00/ff:ff:ff:ff:ff:f0,actions=drop
priority=100,in_port=v0,dl_src=02:00:00:00:00:01,actions=resubmit(,1)
priority=100,in_port=v0,arp,arp_spa=10.1.0.1,arp_sha=02:00:00:00:00:01,actions=NORMAL
priority=50,icmp6,icmp_type=134,actions=drop
table=1,priority=10,ipv6,ipv6_src=fe80::/64,actions=NORMAL
table=1,priority=1,actions=NORMAL
priority=0,actions=NORMAL
`;

function setUpOvs() {
  const at = isOwn ? '' : root;
  if (isOwn) shell('systemctl start openvswitch-switch');
  else {
    for (const folder of ['run', 'var/run']) mkdirSync(`${at}/${folder}/openvswitch`, { recursive: true });
    mkdirSync(`${at}/etc/openvswitch`, { recursive: true });
    mkdirSync(`${at}/var/log/openvswitch`, { recursive: true });
    must('ovsdb-tool create /etc/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema');
    must('ovsdb-server /etc/openvswitch/conf.db --remote=punix:/var/run/openvswitch/db.sock --detach --no-chdir --pidfile=/var/run/openvswitch/ovsdb-server.pid --log-file=/var/log/openvswitch/a.log');
    const version = /\d+\.\d+\.\d+/.exec(tool(['ovs-vsctl', '--version']).stdout)?.[0];
    must(`ovs-vsctl --no-wait init -- set Open_vSwitch . ovs_version=${version}`);
    must('/usr/lib/openvswitch-switch/ovs-vswitchd unix:/var/run/openvswitch/db.sock --detach --no-chdir --pidfile=/var/run/openvswitch/ovs-vswitchd.pid --log-file=/var/log/openvswitch/b.log');
  }
  must('ovs-vsctl set Open_vSwitch . other_config:hw-offload=true other_config:max-idle=60000');
  if (isOwn) shell('systemctl restart openvswitch-switch');
  must('ovs-vsctl add-br br-storage -- set Bridge br-storage fail-mode=secure external_ids:vflane=storage other_config:hwaddr=02:00:00:00:99:01');
  must('ovs-vsctl add-port br-storage v0 tag=7 -- clear Port v0 tag -- set Interface v0 external_ids:attached=web -- add-port br-storage v1 tag=9 -- clear Port v1 tag');
  must('ovs-vsctl add-port br-storage vxlan0 -- set Port vxlan0 protected=true -- set Interface vxlan0 type=vxlan options:local_ip=192.168.9.2 options:remote_ip=192.168.9.1 options:key=42 options:dst_port=4789');
  must('ovs-vsctl add-bond br-storage bondx b0 b1 bond_mode=active-backup');
  must('ovs-vsctl --no-wait add-port br-storage nosuch0 -- set Interface nosuch0 mtu_request=9000');
  must('ovs-ofctl --names --bundle replace-flows br-storage -', flows);
  must('ovs-ofctl del-flows br-storage table=9');
  shell('ip link set br-storage up; sleep 1; ip netns exec g1 ping -q -c3 -i0.2 -W1 10.1.0.2 >/dev/null; true');
}

const asked = {
  'ip-version': 'ip -V',
  'ip-addr': 'ip -j -d addr show',
  'ip-addr-netns': 'ip -n g1 -j -d addr show',
  'ip-route-4': 'ip -4 -j route show',
  'ip-route-6': 'ip -6 -j route show',
  'ip-route-default-netns': 'ip -n g1 -4 -j route show default',
  'ip-stats-cpu-hit': 'ip -j stats show dev eni0np1 group offload subgroup cpu_hit',
  'ip-netns': 'ip -j netns list',
  'devlink-info': 'devlink -j dev info',
  'devlink-param': 'devlink -j dev param show',
  'devlink-eswitch-switchdev': 'devlink -j dev eswitch show netdevsim/netdevsim0',
  'devlink-eswitch-legacy': 'devlink -j dev eswitch show netdevsim/netdevsim1',
  'devlink-eswitch-none': 'devlink -j dev eswitch show pci/0000:01:00.0',
  'ethtool-version': 'ethtool --version',
  'ethtool-channels': 'ethtool -l enp1s0f0',
  'ethtool-channels-netdevsim': 'ethtool -l eni0np1',
  'ethtool-channels-none': 'ethtool -l bond0',
  'ethtool-features': 'ethtool --json -k enp1s0f0',
  'ethtool-features-netdevsim': 'ethtool --json -k eni0np1',
  'ethtool-features-veth': 'ip netns exec g1 ethtool --json -k eth0',
  'tc-qdisc': 'tc -j qdisc show',
  'nft-version': 'nft --version',
  'nft-inet': 'nft -j list table inet vflane',
  'nft-arp': 'nft -j list table arp vflane',
  'nft-none': 'nft -j list table inet nosuch',
  'dmesg-version': 'dmesg --version',
  'dmesg-json': 'dmesg --json',
  'dmesg-text': 'dmesg',
  'lspci-version': 'lspci --version',
  'lspci-slot': 'lspci -vv -s 0000:01:00.0',
  'ovs-version': 'ovs-vsctl --version',
  'ovs-db':
    'ovs-vsctl --timeout=10 --format=json --columns=other_config,ovs_version,dpdk_initialized list Open_vSwitch -- --columns=name,ports,datapath_type,fail_mode,external_ids,other_config list Bridge -- --columns=_uuid,name,interfaces,protected,tag,bond_mode,external_ids list Port -- --columns=_uuid,name,type,options,external_ids,error,mtu_request list Interface',
  'ovs-flows': 'ovs-ofctl --names --no-stats dump-flows br-storage',
  'ovs-flows-stats': 'ovs-ofctl --names dump-flows br-storage',
  'ovs-flows-none': 'ovs-ofctl --names --no-stats dump-flows nosuch',
  'ovs-appctl-version': 'ovs-appctl --timeout=5 -t ovs-vswitchd version',
  'ovs-bond': 'ovs-appctl bond/show',
  'ovs-dpctl': 'ovs-appctl dpctl/dump-flows -m',
  'ovs-dpctl-offloaded': 'ovs-appctl dpctl/dump-flows -m type=offloaded',
};

setUpKernel();
must('nft -f -', guard);
setUpOvs();

const answers = {};
for (const [name, line] of Object.entries(asked)) {
  const { code, stdout, stderr } = tool(line.split(' '));
  // The start of a log is enough to show its format.
  const text = name.startsWith('dmesg-json') || name === 'dmesg-text' ? stdout.slice(0, 6_000) : stdout;
  answers[name] = { argv: line, code, stdout: text.split('\n'), stderr: stderr.split('\n') };
}
answers['proc-arp'] = { argv: 'cat /proc/net/arp', code: 0, stdout: readFileSync('/proc/net/arp', 'utf8').split('\n'), stderr: [''] };
const kernel = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
writeFileSync(1, `${JSON.stringify({ kernel, answers }, null, 1)}\n`);
