import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll } from '../src/lab/wait.ts';
import { household, labFabric, namespace, softwareHost, storage } from './support/lab-fabric.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** The overlays on real kernels, over both ports of the lab's cards: what carries the packets, and what a cut cable does. */
const hosts = { alpha: '192.168.9.1', beta: '192.168.9.2' } as const;
type Host = keyof typeof hosts;
const names = Object.keys(hosts) as readonly Host[];

let lab: LabHost;

const guests = {
  alpha: { web: namespace({ storage: '192.168.10.2/24' }), db: namespace({ household: '10.3.0.2/24' }) },
  beta: { tv: namespace({ storage: '192.168.10.3/24' }), radio: namespace({ household: '10.3.0.3/24' }) },
};

interface Way {
  readonly datapath: string;
  readonly offload?: string;
  readonly ports: string;
  /** Of the network storage, in bytes. */
  readonly mtu: number;
}

function fabricText({ datapath, offload = 'off', ports, mtu }: Way): string {
  const host = (name: Host) => {
    const underlay = `{ address: ${hosts[name]}/24, ports: [${ports}] }`;
    return softwareHost(underlay, guests[name], { datapath, offload });
  };
  const networks = { storage: storage({ mtu }), household: household(1400) };
  return labFabric(networks, { alpha: host('alpha'), beta: host('beta') });
}

async function expectVflane(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended.stdout + ended.stderr;
}

const inGuest = (guest: string, command: string) => `ip netns exec ${guest} ${command}`;

async function expectReaches(guest: string, address: string, more = ''): Promise<void> {
  await lab.ssh(inGuest(guest, `ping -c 3 -i 0.2 -w 30 ${more} ${address}`));
}

async function onBoth(command: string): Promise<void> {
  await Promise.all(names.map((host) => lab.ssh(command, host)));
}

/** With the same subnet on the wrong network, nobody there may answer. */
async function expectApart(): Promise<void> {
  await lab.ssh('ip -n db route add 192.168.10.0/24 dev household');
  const { code, stdout } = await lab.trySsh(inGuest('db', 'ping -c 3 -i 0.2 -W 2 192.168.10.3'));
  expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining(' 0 received') });
  await lab.ssh('ip -n db route del 192.168.10.0/24 dev household');
}

/** Packets that web sends with a foreign address do not reach tv; those with its own do. */
async function expectHeldToItsAddress(): Promise<void> {
  const watching = inGuest('tv', 'timeout 60 tcpdump -nl -i storage icmp');
  await lab.ssh(`(${watching} >/root/seen 2>/root/tcpdump </dev/null &)`, 'beta');
  const isWatching = async () => (await lab.ssh('cat /root/tcpdump', 'beta')).includes('listening on');
  expect(await poll(20_000, 300, isWatching)).toBe(true);
  await lab.ssh('ip -n web addr add 192.168.10.66/24 dev storage');
  await lab.trySsh(inGuest('web', 'ping -c 3 -i 0.2 -W 1 -I 192.168.10.66 192.168.10.3'));
  await lab.ssh('ip -n web addr del 192.168.10.66/24 dev storage');
  await expectReaches('web', '192.168.10.3');
  const hasSeen = async () => (await lab.ssh('cat /root/seen', 'beta')).includes('192.168.10.2 >');
  expect(await poll(20_000, 300, hasSeen)).toBe(true);
  const seen = await lab.ssh('cat /root/seen; pkill -x tcpdump || true', 'beta');
  expect(seen).not.toContain('192.168.10.66');
}

/** Megabits per second of one TCP stream from web to tv. */
async function tcpMbps(seconds: number): Promise<number> {
  await lab.ssh(
    `(${inGuest('tv', 'timeout 120 iperf3 -s -1 --forceflush')} >/root/iperf 2>&1 </dev/null &)`,
    'beta',
  );
  const isListening = async () => (await lab.ssh('cat /root/iperf', 'beta')).includes('listening');
  expect(await poll(20_000, 300, isListening)).toBe(true);
  const said = await lab.ssh(inGuest('web', `timeout 50 iperf3 -J -t ${seconds} -c 192.168.10.3`));
  const { end } = JSON.parse(said) as { end: { sum_received: { bits_per_second: number } } };
  return end.sum_received.bits_per_second / 1e6;
}

const intervalMs = 50;

/** Cuts alpha's active port while web pings tv, joins it again, and returns the longest silence in milliseconds. */
async function silenceMs(activePort: () => Promise<number>): Promise<number> {
  const pinging = inGuest('web', `ping -D -i ${intervalMs / 1000} -w 40 192.168.10.3`);
  const pid = await lab.ssh(`(${pinging} >/root/pings 2>&1 </dev/null & echo $!)`);
  const count = async () => Number(await lab.ssh('grep -c icmp_seq /root/pings || true'));
  expect(await poll(20_000, 300, async () => (await count()) > 20)).toBe(true);
  const port = await activePort();
  await expectVflane(0, 'lab', 'cable', 'alpha', `${port}`, 'cut');
  expect(await poll(20_000, 300, async () => (await activePort()) === 1 - port)).toBe(true);
  const atSwitch = await count();
  expect(await poll(20_000, 300, async () => (await count()) > atSwitch + 20)).toBe(true);
  await expectVflane(0, 'lab', 'cable', 'alpha', `${port}`, 'join');
  await lab.ssh(`kill -INT ${pid}; while [ -d /proc/${pid} ]; do sleep 0.1; done`);
  const times = [...(await lab.ssh('cat /root/pings')).matchAll(/^\[(\d+\.\d+)\] .*icmp_seq/gm)].map(
    ([, time]) => Number(time),
  );
  const gaps = times.slice(1).map((time, place) => time - (times[place] ?? time));
  return Math.round(1000 * Math.max(...gaps));
}

/** Prints figures for readers of the test's output. */
function tell(what: string, figures: { readonly [name: string]: string | number }): void {
  const words = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`${what}: ${words.join(', ')}\n`);
}

async function applied(way: Way): Promise<number> {
  lab.fabric(fabricText(way));
  const began = performance.now();
  await expectVflane(0, 'apply', '--yes');
  return Math.round((performance.now() - began) / 1000);
}

beforeAll(async () => {
  // DPDK's buffers take 0.9 GiB, and the host needs as much.
  lab = await labHost(names.length, ['--memory', '2G']);
  await onBoth('systemctl start openvswitch-switch');
});
afterAll(() => lab?.down());

async function expectAsFound(): Promise<void> {
  await expectVflane(0, 'destroy', '--yes');
  for (const host of names) {
    const drivers = 'basename -a $(readlink /sys/bus/pci/devices/0000:01:00.?/driver)';
    const rest =
      'ovs-vsctl list-br; ip netns list; cat /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages';
    expect(await lab.ssh(`${drivers}; ${rest}`, host)).toBe('igb\nigb\n0');
    const links = JSON.parse(await lab.ssh('ip -j link', host)) as { readonly ifname: string }[];
    const found = ['lo', 'mgmt0', 'enp1s0f0', 'enp1s0f1'];
    expect(links.map(({ ifname }) => ifname).filter((name) => name !== 'ovs-netdev')).toEqual(found);
  }
}

describe('ovs-tc over the kernel’s bond of both ports', () => {
  const way = { datapath: 'ovs-tc', ports: 'enp1s0f0, enp1s0f1', mtu: 9000 };
  const activePort = async () =>
    Number((await lab.ssh('cat /sys/class/net/bond0/bonding/active_slave')).slice(-1));

  it('carries packets in software, and reports that', async () => {
    const seconds = await applied(way);
    expect(await expectVflane(0, 'verify')).toMatch(
      /VF2062 alpha .*: every packet is forwarded by the host’s CPU/,
    );
    await expectReaches('web', '192.168.10.3');
    await expectReaches('db', '10.3.0.3');
    // A whole jumbo frame, unfragmented.
    await expectReaches('web', '192.168.10.3', '-M do -s 8972');
    tell('ovs-tc, kernel datapath', { 'apply s': seconds, 'TCP Mbit/s': Math.round(await tcpMbps(3)) });
  });

  it('keeps networks apart, and guests to their addresses', async () => {
    await expectApart();
    await expectHeldToItsAddress();
  });

  it('survives a cut cable', async () => {
    const silence = await silenceMs(activePort);
    tell('ovs-tc, cable cut', { 'longest silence ms': silence });
    expect(silence).toBeLessThan(3000);
  });

  it('puts its flows into tc if offload is preferred, and none is in hardware', async () => {
    // Nothing here can offload them, so tc is told not to try.
    await onBoth('ovs-vsctl set Open_vSwitch . other_config:tc-policy=skip_hw');
    lab.fabric(fabricText({ ...way, offload: 'preferred' }));
    expect(await expectVflane(0, 'apply', '--yes', '--allow-disruption')).toMatch(/VF2062/);
    await expectReaches('web', '192.168.10.3');
    await lab.ssh(`(${inGuest('web', 'ping -i 0.2 -w 20 192.168.10.3')} >/dev/null 2>&1 </dev/null &)`);
    const ports = (await lab.ssh('ovs-vsctl list-ports br-storage')).split('\n');
    const port = ports.find((name) => name.startsWith('web-'));
    const inTc = () => lab.ssh(`ovs-appctl dpctl/dump-flows type=tc; tc -s filter show dev ${port} ingress`);
    expect(await poll(20_000, 500, async () => (await inTc()).includes('key_id 42'))).toBe(true);
    const flows = await inTc();
    expect(flows).toMatch(/tunnel\(tun_id=0x2a/);
    expect(flows).toContain('not_in_hw');
    expect(flows).not.toMatch(/(?<!not_)in_hw/);
    expect(await lab.ssh('ovs-appctl dpctl/dump-flows type=offloaded')).toBe('');
    expect(await expectVflane(0, 'verify')).toMatch(/VF2062 .*every packet is forwarded by the host’s CPU/);
    tell('ovs-tc, flows in tc', { 'TCP Mbit/s': Math.round(await tcpMbps(3)) });
    await onBoth('ovs-vsctl remove Open_vSwitch . other_config tc-policy');
  });

  it('leaves the hosts as they were', expectAsFound);
});

describe('ovs-dpdk, with DPDK’s own driver on both ports', () => {
  const way = { datapath: 'ovs-dpdk', ports: '"0000:01:00.0", "0000:01:00.1"', mtu: 1500 };
  const activePort = async () => {
    const shown = await lab.ssh('ovs-appctl -t ovs-vswitchd bond/show uplink');
    return Number(/active member mac: [0-9a-f:]+\(p(\d)\)/.exec(shown)?.[1]);
  };

  it('carries packets through VFIO', async () => {
    // The hosts have one processor, and polling would leave little of it.
    await onBoth('ovs-vsctl set Open_vSwitch . other_config:pmd-sleep-max=100');
    const seconds = await applied(way);
    expect(await lab.ssh('basename -a $(readlink /sys/bus/pci/devices/0000:01:00.?/driver)')).toBe(
      'vfio-pci\nvfio-pci',
    );
    expect(await lab.ssh('ovs-vsctl get Interface p0 status:driver_name')).toBe('net_e1000_igb');
    await expectReaches('web', '192.168.10.3');
    await expectReaches('db', '10.3.0.3');
    await expectReaches('web', '192.168.10.3', '-M do -s 1472');
    expect(await expectVflane(0, 'plan')).toMatch(/alpha: nothing to do/);
    tell('ovs-dpdk', { 'apply s': seconds, 'TCP Mbit/s': Math.round(await tcpMbps(3)) });
  });

  it('keeps networks apart, and guests to their addresses', async () => {
    await expectApart();
    await expectHeldToItsAddress();
  });

  it('survives a cut cable', async () => {
    const silence = await silenceMs(activePort);
    tell('ovs-dpdk, cable cut', { 'longest silence ms': silence });
    expect(silence).toBeLessThan(3000);
  });

  it('gives the ports back to the kernel’s driver', async () => {
    await expectAsFound();
    await onBoth('ovs-vsctl remove Open_vSwitch . other_config pmd-sleep-max');
  });
});
