import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardHost, labFabric, namespace, softwareHost, storage } from './support/lab-fabric.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** What happens to a rack after its first day, on two real kernels: nobody else's traffic may lose a packet by it. */
type Guests = { readonly [name: string]: string };
interface Rack {
  readonly alpha: Guests;
  readonly beta?: Guests;
  readonly networks?: { readonly [name: string]: string };
}

const web = { web: namespace({ storage: '192.168.10.2/24' }) };
const mail = { mail: namespace({ storage: '192.168.10.5/24' }) };
const tv = { tv: namespace({ storage: '192.168.10.3/24' }) };
const db = (more = '') =>
  ({ db: namespace({ storage: `{ address: 192.168.10.4/24${more} }` }) }) satisfies Guests;
const backup = (last: number) => namespace({ backup: `10.44.0.${last}/24` });

const ways = {
  'legacy-vlan': (guests: Guests, _name: string, vfs = 6) => cardHost(vfs, guests),
  'ovs-tc': (guests: Guests, name: string) =>
    softwareHost(
      `{ address: 192.168.9.${name === 'alpha' ? 1 : 2}/24, ports: [enp1s0f0], adopt: true }`,
      guests,
    ),
} as const;

let lab: LabHost;

function rackText(way: keyof typeof ways, { alpha, beta, networks = {} }: Rack, vfs?: number): string {
  const others = beta ? { beta: ways[way](beta, 'beta', vfs) } : {};
  return labFabric(
    { storage: storage({ mtu: 1400 }), ...networks },
    { alpha: ways[way](alpha, 'alpha', vfs), ...others },
  );
}

async function apply(way: keyof typeof ways, rack: Rack, verb = 'apply'): Promise<string> {
  lab.fabric(rackText(way, rack));
  const ended = await lab.vflane(...verb.split(' '), '--yes');
  expect(ended, `vflane ${verb}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code: 0 });
  return ended.stdout;
}

/** Pings from a guest of alpha's, twenty times a second, as long as the work takes, and every one has to be answered. */
async function losesNothing(to: string, work: () => Promise<unknown>): Promise<void> {
  const pinging = `ip netns exec web ping -i 0.05 -w 300 ${to}`;
  const pid = await lab.ssh(`${pinging} >/root/ping.out 2>&1 </dev/null & echo $!`);
  await work();
  await lab.ssh(`kill -INT ${pid}; while [ -d /proc/${pid} ]; do sleep 0.1; done`);
  const told = await lab.ssh('tail -3 /root/ping.out');
  expect(told).toMatch(/ 0% packet loss/);
  expect(Number(/(\d+) packets transmitted/.exec(told)?.[1])).toBeGreaterThan(40);
}

const macOf = (guest: string, host: string) =>
  lab.ssh(`ip netns exec ${guest} cat /sys/class/net/storage/address`, host);

const reaches = (guest: string, address: string, host = 'alpha') =>
  lab.ssh(`ip netns exec ${guest} ping -c 3 -i 0.2 -w 20 ${address}`, host);

beforeAll(async () => {
  lab = await labHost(2);
});
afterAll(() => lab?.down());

describe.each(['legacy-vlan', 'ovs-tc'] as const)('%s', (way) => {
  const start: Rack = { alpha: { ...web, ...mail, ...db() }, beta: tv };

  it('a rack is set up', async () => {
    if (way === 'ovs-tc') {
      await lab.anew();
      for (const [host, last] of [
        ['alpha', 1],
        ['beta', 2],
      ] as const) {
        const address = `ip link set enp1s0f0 up && ip addr replace 192.168.9.${last}/24 dev enp1s0f0`;
        await lab.ssh(`systemctl start openvswitch-switch && ${address}`, host);
      }
    }
    await apply(way, start);
    await reaches('web', '192.168.10.3');
  });

  it('guests and their network are added on both hosts, and another guest is changed', () =>
    losesNothing('192.168.10.3', async () => {
      const networks = { backup: '{ id: 44, mtu: 1400, subnet: 10.44.0.0/24 }' };
      const alpha = { ...web, ...mail, ...db(', spoofchk: false'), bak1: backup(1) };
      await apply(way, { alpha, beta: { ...tv, bak2: backup(2) }, networks });
      await reaches('bak1', '10.44.0.2');
    }));

  it('what cannot be done without an interruption names every guest first, and is not done', async () => {
    if (way !== 'legacy-vlan') return;
    const networks = { backup: '{ id: 44, mtu: 1400, subnet: 10.44.0.0/24 }' };
    const alpha = { ...web, ...mail, ...db(', spoofchk: false'), bak1: backup(1) };
    lab.fabric(rackText(way, { alpha, networks }, 7));
    const { code, stdout } = await lab.vflane('plan', '--host', 'alpha');
    expect({ code, stdout }).toMatchObject({ code: 4 });
    for (const guest of Object.keys(alpha))
      expect(stdout).toContain(`: ${guest} is running and would be interrupted`);
  });

  it('they and their network are removed, and a guest moves with its MAC and its address, down here before it is up there', () =>
    losesNothing('192.168.10.3', async () => {
      const mac = await macOf('db', 'alpha');
      const told = await apply(way, { alpha: { ...web, ...mail }, beta: { ...tv, ...db() } });
      expect(told).toMatch(/alpha: applied[\s\S]*beta: applied/);
      expect(await macOf('db', 'beta')).toBe(mac);
      await lab.ssh('[ ! -e /run/netns/db ] && [ ! -e /run/netns/bak1 ]');
      await reaches('web', '192.168.10.4');
    }));

  it('a host leaves and comes back', () =>
    losesNothing('192.168.10.5', async () => {
      await apply(way, { alpha: { ...web, ...mail }, beta: tv }, 'destroy --host beta');
      await apply(way, { alpha: { ...web, ...mail }, beta: tv });
      await reaches('web', '192.168.10.3');
    }));
});
