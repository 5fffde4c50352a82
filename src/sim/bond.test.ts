import { describe, expect, it } from 'vitest';
import { memorySim } from './open-sim.ts';
import { does, linkRecord, netdev0, netdev1, tell } from './testing/tell.ts';

const add = 'ip link add bond0 type bond mode active-backup';

async function bonded(options = 'miimon 100') {
  const host = memorySim();
  await does(host, `${add} ${options}`);
  for (const netdev of [netdev0, netdev1]) await does(host, `ip link set ${netdev} master bond0`);
  await does(host, 'ip link set bond0 up');
  return host;
}

const info = async (host: Awaited<ReturnType<typeof bonded>>, netdev = 'bond0') =>
  (await linkRecord(host, netdev)).linkinfo as {
    info_data: Record<string, unknown>;
    info_slave_data: unknown;
  };

describe('enslaving', () => {
  it('is refused for a netdev that is up', async () => {
    const host = memorySim();
    await does(host, `${add} miimon 100`, `ip link set ${netdev0} up`);
    expect(await tell(host, `ip link set ${netdev0} master bond0`)).toMatchObject({
      code: 2,
      stderr: 'Error: Device can not be enslaved while up.\n',
    });
    expect(await linkRecord(host, netdev0)).not.toHaveProperty('master');
  });

  it('takes the MTU of the bond and, without fail_over_mac, its MAC; a release restores both', async () => {
    const host = memorySim();
    const own = (await linkRecord(host, netdev1)).address;
    await does(host, `${add} miimon 100`, 'ip link set bond0 mtu 9000');
    for (const netdev of [netdev0, netdev1]) await does(host, `ip link set ${netdev} master bond0`);
    const bond = await linkRecord(host, 'bond0');
    expect(await linkRecord(host, netdev1)).toMatchObject({
      mtu: 9000,
      address: bond.address,
      master: 'bond0',
    });
    await does(host, `ip link set ${netdev1} nomaster`);
    expect(await linkRecord(host, netdev1)).toMatchObject({ mtu: 1500, address: own, operstate: 'DOWN' });
  });

  it('leaves MACs alone with fail_over_mac active: the bond has its active slave’s', async () => {
    const host = await bonded('miimon 100 fail_over_mac active');
    const macs = [await linkRecord(host, netdev0), await linkRecord(host, netdev1)].map((r) => r.address);
    expect(new Set(macs).size).toBe(2);
    expect((await linkRecord(host, 'bond0')).address).toBe(macs[0]);
    await does(host, `ip link set ${netdev0} down`);
    expect((await linkRecord(host, 'bond0')).address).toBe(macs[1]);
  });

  it('strands the IPv4 address of the slave and drops the IPv6 one', async () => {
    const host = memorySim();
    await does(host, `ip addr add 192.0.2.1/24 dev ${netdev0}`, `ip addr add 2001:db8::1/64 dev ${netdev0}`);
    await does(host, `${add} miimon 100`, `ip link set ${netdev0} master bond0`);
    const locals = (await linkRecord(host, netdev0)).addr_info as readonly { local: string }[];
    expect(locals.map((a) => a.local)).toEqual(['192.0.2.1']);
  });
});

describe('the active slave', () => {
  it('follows the carrier if it is monitored, and never otherwise', async () => {
    const watched = await bonded();
    const blind = await bonded('num_grat_arp 3');
    for (const host of [watched, blind]) host.state.cables[0] = false;
    await does(watched, 'true');
    await does(blind, 'true');
    expect((await info(watched)).info_data.active_slave).toBe(netdev1);
    expect((await info(blind)).info_data.active_slave).toBe(netdev0);
  });

  it('returns to the primary, which may be named before it is a slave', async () => {
    const host = memorySim();
    await does(host, `${add} miimon 100 primary ${netdev1}`);
    expect((await info(host)).info_data).not.toHaveProperty('primary');
    for (const netdev of [netdev0, netdev1]) await does(host, `ip link set ${netdev} master bond0`);
    expect((await info(host)).info_data).toMatchObject({ primary: netdev1, active_slave: netdev1 });
    await does(host, `ip link set ${netdev1} down`);
    expect((await info(host)).info_data.active_slave).toBe(netdev0);
    await does(host, `ip link set ${netdev1} up`);
    expect((await info(host)).info_data.active_slave).toBe(netdev1);
  });

  it('is shown on the slave too', async () => {
    const host = await bonded();
    expect((await info(host, netdev1)).info_slave_data).toMatchObject({ state: 'BACKUP', mii_status: 'UP' });
  });
});

describe('options', () => {
  it.each([
    ['type bond mode 802.3ad', 'Error: unable to set option because the bond device has slaves.\n'],
    ['type bond fail_over_mac active', 'Error: unable to set option because the bond device has slaves.\n'],
    ['type bond miimon 100 arp_interval 100', 'Error: ARP monitoring cannot be used with MII monitoring.\n'],
    ['type bond miimon 100 arp_validate all', 'Error: ARP validating cannot be used with MII monitoring.\n'],
    ['type bond arp_ip_target 10.0.0.1,10.0.0.1', 'Error: invalid option value.\n'],
    ['mtu 9979', 'RTNETLINK answers: Invalid argument\n'],
  ])('%s is refused to a bond with slaves', async (words, stderr) => {
    const host = await bonded();
    expect(await tell(host, `ip link set bond0 ${words}`)).toMatchObject({ code: 2, stderr });
    expect((await linkRecord(host, netdev0)).mtu).toBe(1500);
  });

  it('mode is refused while the bond is up', async () => {
    const host = memorySim();
    await does(host, `${add} miimon 100`, 'ip link set bond0 up');
    expect((await tell(host, 'ip link set bond0 type bond mode 802.3ad')).stderr).toBe(
      'Error: unable to set option because the bond is up.\n',
    );
  });

  it('refused at creation leave no bond', async () => {
    const host = memorySim();
    const born = await tell(host, 'ip link add bond0 type bond mode 802.3ad arp_interval 100');
    expect(born.stderr).toBe('Error: option not supported in mode.\n');
    expect((await tell(host, 'ip link show bond0')).code).toBe(1);
  });

  it('monitors exclude each other: the later one wins', async () => {
    const host = memorySim();
    await does(
      host,
      `${add} miimon 100`,
      'ip link set bond0 type bond arp_interval 100 arp_ip_target 10.0.0.1,10.0.0.2',
    );
    expect((await info(host)).info_data).toMatchObject({
      miimon: 0,
      arp_interval: 100,
      arp_ip_target: ['10.0.0.1', '10.0.0.2'],
    });
    await does(host, 'ip link set bond0 type bond miimon 100');
    expect((await info(host)).info_data).toMatchObject({ miimon: 100, arp_interval: 0 });
  });
});

it('MTU beyond the card is refused with the kernel’s own words', async () => {
  const host = memorySim();
  expect((await tell(host, `ip link set ${netdev0} mtu 9979`)).stderr).toBe(
    'Error: mtu greater than device maximum.\n',
  );
  expect((await tell(host, `ip link set ${netdev0} mtu 67`)).stderr).toBe(
    'Error: mtu less than device minimum.\n',
  );
  await does(host, `ip link set ${netdev0} mtu 9978`);
});

it('a netdev that is up cannot be renamed on Debian 12', async () => {
  const twelve = memorySim({ kernel: 'debian-12' });
  const thirteen = memorySim();
  for (const host of [twelve, thirteen]) await does(host, `ip link set ${netdev0} up`);
  expect((await tell(twelve, `ip link set ${netdev0} name nic0`)).stderr).toBe(
    'RTNETLINK answers: Device or resource busy\n',
  );
  expect((await tell(thirteen, `ip link set ${netdev0} name nic0`)).code).toBe(0);
});
