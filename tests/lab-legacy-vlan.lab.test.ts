import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll } from '../src/lab/wait.ts';
import { cardHost, external, household, labFabric, namespace, storage } from './support/lab-fabric.ts';
import { findingsIn, hostFacts, type LabHost, type LinkJson, labHost } from './support/lab-host.ts';

/** legacy-vlan from the command line on a real kernel: every verb's output is checked against plain `ip` and `cat`. */
interface Wanted {
  readonly storageVlan?: number;
  readonly guests?: readonly string[];
}

const guestLines: { readonly [name: string]: string } = {
  ceph1: external({ storage: '{ address: 192.168.10.2/24, max-rate: 200M, trust: true }' }),
  web: namespace({ storage: '192.168.10.3/24' }),
  db: namespace({ storage: '192.168.10.4/24' }),
  tv: namespace({ household: '10.3.0.5/24' }),
  radio: namespace({ household: '10.3.0.6/24' }),
};
const first = ['ceph1', 'web', 'db', 'tv'];

function fabricText({ storageVlan = 42, guests = first }: Wanted = {}): string {
  const networks = { storage: storage({ id: storageVlan, mtu: 9000 }), household: household() };
  const lines = guests.map((name) => [name, guestLines[name] ?? '']);
  return labFabric(networks, { alpha: cardHost(6, Object.fromEntries(lines)) });
}

let lab: LabHost;
let before: unknown;

const ports = [0, 1] as const;
const pfPath = (port: number) => `/sys/bus/pci/devices/0000:01:00.${port}`;
const ping = (ns: string, to: string, more = '-c 3 -i 0.2 -w 10') => `ip netns exec ${ns} ping ${more} ${to}`;

async function expectVflane(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended.stdout;
}

async function pf(port: number): Promise<LinkJson> {
  const [link] = JSON.parse(await lab.ssh(`ip -j link show dev enp1s0f${port}`)) as LinkJson[];
  if (!link) throw new Error(`no enp1s0f${port}`);
  return link;
}

beforeAll(async () => {
  lab = await labHost();
  before = await hostFacts(lab);
});
afterAll(() => lab?.down());

describe('a first apply', () => {
  it('does what the plan says, and verifies', async () => {
    lab.fabric(fabricText());
    expect(await expectVflane(0, 'apply', '--yes')).toMatch(/alpha: applied and verified/);
    expect(await expectVflane(0, 'verify')).toMatch(/alpha: verified/);
    expect(await expectVflane(0, 'plan')).toMatch(/nothing to do/);
  });

  it('gives every VF its network’s VLAN, a MAC of its own and the file’s limits', async () => {
    const vfs = [...((await pf(0)).vfinfo_list ?? []), ...((await pf(1)).vfinfo_list ?? [])];
    const vlans = [42, 42, 42, 43, undefined, undefined];
    expect(vfs.map((vf) => vf.vlan_list[0]?.vlan)).toEqual([...vlans, ...vlans]);
    const given = vfs.filter((vf) => vf.vf < 4);
    expect(new Set(given.map((vf) => vf.address)).size).toBe(8);
    for (const vf of given) expect(vf.address).toMatch(/^.[26ae]:/);
    expect(given.map((vf) => vf.spoofchk)).toEqual(given.map(() => true));
    expect(given.map((vf) => vf.trust)).toEqual(given.map((vf) => vf.vf === 0));
    expect(given.map((vf) => vf.rate.max_tx)).toEqual(given.map((vf) => (vf.vf === 0 ? 200 : 0)));
  });

  it('binds each VF to its guest’s driver, and a spare one to none', async () => {
    const drivers = await lab.ssh(
      `for p in 0 1; do for i in 0 1 2 3 4 5; do basename "$(readlink ${'/sys/bus/pci/devices/0000:01:00.$p'}/virtfn$i/driver || echo none)"; done; done`,
    );
    const port = ['vfio-pci', 'igbvf', 'igbvf', 'igbvf', 'none', 'none'];
    expect(drivers.split('\n')).toEqual([...port, ...port]);
    for (const n of ports) expect(await lab.ssh(`cat ${pfPath(n)}/sriov_drivers_autoprobe`)).toBe('0');
  });

  it('bonds the two VFs of a guest so that a dead port is survived', async () => {
    const bond = await lab.ssh('ip netns exec web cat /proc/net/bonding/storage');
    expect(bond).toContain('Bonding Mode: fault-tolerance (active-backup) (fail_over_mac active)');
    expect(bond).toContain('Primary Slave: storage-p0 (primary_reselect always)');
    expect(bond).toContain('MII Polling Interval (ms): 100');
    expect(bond.match(/^Slave Interface: .*$/gm)).toEqual([
      'Slave Interface: storage-p0',
      'Slave Interface: storage-p1',
    ]);
    const macs = [...bond.matchAll(/^Permanent HW addr: (.*)$/gm)].map((found) => found[1]);
    const given = await Promise.all(ports.map(async (n) => (await pf(n)).vfinfo_list?.[1]?.address));
    expect(macs).toEqual(given);
    expect(await lab.ssh('ip netns exec web cat /sys/class/net/storage/bonding/num_grat_arp')).toBe('3');
    expect(await lab.ssh('ip netns exec web cat /sys/class/net/storage/mtu')).toBe('9000');
  });
});

describe('networks', () => {
  it('join their own guests, with whole frames', async () => {
    await lab.ssh(ping('web', '192.168.10.4', '-c 3 -i 0.2 -w 20 -M do -s 8972'));
  });

  it('separate their guests, whatever addresses these take', async () => {
    await lab.ssh('ip -n tv addr add 192.168.10.9/24 dev household');
    const { code, stdout } = await lab.trySsh(ping('tv', '192.168.10.4', '-c 5 -i 0.2 -W 1'));
    expect({ code, stdout }).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('5 packets transmitted, 0 received'),
    });
    await lab.ssh('ip -n tv addr del 192.168.10.9/24 dev household');
  });

  it('join guests of one host with different active ports', async () => {
    await lab.ssh('ip -n db link set dev storage type bond active_slave storage-p1');
    const active = (ns: string) =>
      lab.ssh(`ip netns exec ${ns} cat /sys/class/net/storage/bonding/active_slave`);
    expect([await active('web'), await active('db')]).toEqual(['storage-p0', 'storage-p1']);
    expect(await lab.ssh(ping('web', '192.168.10.4', '-c 10 -i 0.2 -w 20'))).toMatch(/ 10 received/);
    expect(await lab.ssh(ping('db', '192.168.10.3', '-c 10 -i 0.2 -w 20'))).toMatch(/ 10 received/);
    await lab.ssh('ip -n db link set dev storage type bond active_slave storage-p0');
  });
});

describe('a change', () => {
  it('adds a guest, and the others lose no packet', async () => {
    const pinging = ping('web', '192.168.10.4', '-i 0.05 -w 100');
    const pid = await lab.ssh(`${pinging} >/root/ping.out 2>&1 </dev/null & echo $!`);
    lab.fabric(fabricText({ guests: [...first, 'radio'] }));
    await expectVflane(0, 'apply', '--yes');
    await lab.ssh(`kill -INT ${pid}; while [ -d /proc/${pid} ]; do sleep 0.1; done`);
    const told = await lab.ssh('tail -3 /root/ping.out');
    expect(told).toMatch(/ 0% packet loss/);
    expect(Number(/(\d+) packets transmitted/.exec(told)?.[1])).toBeGreaterThan(40);
    await lab.ssh(ping('tv', '10.3.0.6', '-c 3 -i 0.2 -w 20'));
  });

  it('of a VLAN keeps the guests of the network together, and undo takes it back', async () => {
    lab.fabric(fabricText({ storageVlan: 52, guests: [...first, 'radio'] }));
    await expectVflane(0, 'apply', '--yes');
    expect((await pf(1)).vfinfo_list?.map((vf) => vf.vlan_list[0]?.vlan)).toEqual([
      52,
      52,
      52,
      43,
      43,
      undefined,
    ]);
    await lab.ssh(ping('web', '192.168.10.4', '-c 3 -i 0.2 -w 20'));
    await expectVflane(0, 'undo', '--yes');
    expect((await pf(0)).vfinfo_list?.map((vf) => vf.vlan_list[0]?.vlan)).toEqual([
      42,
      42,
      42,
      43,
      43,
      undefined,
    ]);
    lab.fabric(fabricText({ guests: [...first, 'radio'] }));
    await expectVflane(0, 'verify');
    await lab.ssh(ping('web', '192.168.10.4', '-c 3 -i 0.2 -w 20'));
  });
});

describe('drift', () => {
  const byHand = [
    'ip link set enp1s0f0 vf 0 mac 02:00:00:00:99:99',
    'ip link set enp1s0f0 vf 1 vlan 99',
    'ip link set enp1s0f1 vf 2 spoofchk off',
    'ip link set enp1s0f1 vf 0 trust off',
    'ip link set enp1s0f0 vf 3 max_tx_rate 50',
    'echo 0000:01:10.1 > /sys/bus/pci/devices/0000:01:10.1/driver/unbind',
    'ip -n db link set storage-p1 nomaster',
    'ip -n tv addr del 10.3.0.5/24 dev household',
  ];

  it('is reported, each by its name, and healed', async () => {
    await lab.ssh(byHand.join(' && '));
    const told = await expectVflane(2, 'verify');
    for (const words of [
      /vf-mac 0000:01:00.0\/0 is 02:00:00:00:99:99, wanted/,
      /vf-vlan 0000:01:00.0\/1 is 99, wanted 42/,
      /vf-spoofchk 0000:01:00.1\/2 is false, wanted true/,
      /vf-trust 0000:01:00.1\/0 is false, wanted true/,
      /vf-rate 0000:01:00.0\/3 is .*50.*, wanted/,
      /vf-driver 0000:01:00.1\/0 is .*, wanted .*vfio-pci/,
      /guest-bond db\/storage .*/,
      /guest-address tv\/household is .*, wanted .*10\.3\.0\.5/,
    ])
      expect(told).toMatch(words);
    // The bond would be made again, which its guest would notice.
    expect(await expectVflane(4, 'apply', '--yes')).toMatch(/VF3003 .*\bdb is running/);
    await expectVflane(0, 'apply', '--yes', '--allow-disruption');
    await lab.ssh(ping('db', '192.168.10.3', '-c 3 -i 0.2 -w 20'));
    await lab.ssh(ping('radio', '10.3.0.5', '-c 3 -i 0.2 -w 20'));
  });
});

describe('a VF that a process holds', () => {
  it('stays: the guest is named, and nothing is touched', async () => {
    const group = await lab.ssh('basename $(readlink /sys/bus/pci/devices/0000:01:10.0/iommu_group)');
    const pid = await lab.ssh(`setsid sleep 600 </dev/vfio/${group} >/dev/null 2>&1 & echo $!`);
    const untouched = await hostFacts(lab);
    lab.fabric(fabricText({ guests: ['web', 'db', 'tv', 'radio'] }));
    const planned = await expectVflane(4, 'plan', '--json');
    expect(findingsIn(planned)).toContainEqual(
      expect.objectContaining({ code: 'VF3003', message: expect.stringContaining('ceph1') }),
    );
    await expectVflane(4, 'apply', '--yes');
    expect(await hostFacts(lab)).toEqual(untouched);
    await lab.ssh(`kill ${pid}`);
    expect(await poll(10_000, 200, async () => (await lab.trySsh(`kill -0 ${pid}`)).code !== 0)).toBe(true);
    await expectVflane(2, 'plan');
  });
});

describe('the end', () => {
  it('leaves the host as it was found', async () => {
    await expectVflane(0, 'destroy', '--yes');
    expect(await hostFacts(lab)).toEqual(before);
    expect(await expectVflane(0, 'status')).toMatch(/vflane holds nothing here/);
  });

  it('and the plan’s script alone does all of it', async () => {
    lab.fabric(fabricText());
    const script = await expectVflane(0, 'export', 'script');
    await lab.ssh(`cat >/root/vflane.sh <<'END OF SCRIPT'\n${script}\nEND OF SCRIPT`);
    await lab.ssh('env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh /root/vflane.sh');
    expect(await expectVflane(0, 'plan')).toMatch(/nothing to do/);
    await lab.ssh(ping('web', '192.168.10.4', '-c 3 -i 0.2 -w 20'));
  });
});
