import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardHost, labFabric, namespace, softwareHost, storage } from './support/lab-fabric.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** Changes to a rack after its first day, on two real kernels: no other guest may lose a packet. */
type Guests = { readonly [name: string]: string };
interface Rack {
  readonly alpha: Guests;
  readonly beta?: Guests;
  readonly networks?: { readonly [name: string]: string };
  /** Changes that interrupt guests: of the whole network, and of alpha alone. */
  readonly mtu?: number;
  readonly more?: More;
}

interface More {
  readonly vfs?: number;
  readonly ports?: string;
  readonly offload?: string;
}

const web = { web: namespace({ storage: '192.168.10.2/24' }) };
const mail = { mail: namespace({ storage: '192.168.10.5/24' }) };
const tv = { tv: namespace({ storage: '192.168.10.3/24' }) };
const db = (more = '') =>
  ({ db: namespace({ storage: `{ address: 192.168.10.4/24${more} }` }) }) satisfies Guests;
const backup = (last: number) => namespace({ backup: `10.44.0.${last}/24` });

const ways = {
  'legacy-vlan': (guests: Guests, _name: string, { vfs = 6 }: More = {}) => cardHost(vfs, guests),
  'ovs-tc': (guests: Guests, name: string, { ports = 'enp1s0f0', offload = 'off' }: More = {}) =>
    softwareHost(`{ address: 192.168.9.${name === 'alpha' ? 1 : 2}/24, ports: [${ports}] }`, guests, {
      offload,
    }),
} as const;

let lab: LabHost;

function rackText(way: keyof typeof ways, { alpha, beta, networks = {}, mtu = 1400, more }: Rack): string {
  const others = beta ? { beta: ways[way](beta, 'beta') } : {};
  return labFabric(
    { storage: storage({ mtu }), ...networks },
    { alpha: ways[way](alpha, 'alpha', more), ...others },
  );
}

async function apply(way: keyof typeof ways, rack: Rack, verb = 'apply'): Promise<string> {
  lab.fabric(rackText(way, rack));
  const ended = await lab.vflane(...verb.split(' '), '--yes');
  expect(ended, `vflane ${verb}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code: 0 });
  return ended.stdout;
}

interface Ping {
  readonly from: string;
  readonly on: string;
  readonly to: string;
}

/** Pings twenty times a second during the work. @returns how many each lost */
async function lostBy(pings: readonly Ping[], work: () => Promise<unknown>): Promise<readonly number[]> {
  const running = await Promise.all(
    pings.map(async ({ from, on, to }) => {
      const command = `ip netns exec ${from} ping -i 0.05 -w 300 ${to}`;
      return { on, from, pid: await lab.ssh(`${command} >/root/${from}.out 2>&1 </dev/null & echo $!`, on) };
    }),
  );
  await work();
  const ended = running.map(async ({ on, from, pid }) => {
    await lab.ssh(`kill -INT ${pid}; while [ -d /proc/${pid} ]; do sleep 0.1; done`, on);
    const told = await lab.ssh(`tail -3 /root/${from}.out`, on);
    const [, sent = 0, answered = 0] = /(\d+) packets transmitted, (\d+) received/.exec(told) ?? [];
    expect(Number(sent), told).toBeGreaterThan(40);
    return Number(sent) - Number(answered);
  });
  return Promise.all(ended);
}

/** Pings from a guest on alpha, all of which must be answered. */
async function losesNothing(to: string, work: () => Promise<unknown>): Promise<void> {
  expect(await lostBy([{ from: 'web', on: 'alpha', to }], work)).toEqual([0]);
}

const last: Rack = { alpha: { ...web, ...mail }, beta: { ...tv, ...db() } };

/** Changes that always interrupt, besides the pool's size. */
const unavoidable: { readonly [way in keyof typeof ways]: readonly (readonly [string, Partial<Rack>])[] } = {
  'legacy-vlan': [['another MTU of the ports', { mtu: 9000 }]],
  'ovs-tc': [
    ['a restart of Open vSwitch', { more: { offload: 'preferred' } }],
    ['a bond in place of a port', { more: { offload: 'preferred', ports: 'enp1s0f0, enp1s0f1' } }],
  ],
};

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
      for (const host of ['alpha', 'beta']) await lab.ssh('systemctl start openvswitch-switch', host);
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

  it('a change with an interruption names every guest first, and is not made', async () => {
    if (way !== 'legacy-vlan') return;
    const networks = { backup: '{ id: 44, mtu: 1400, subnet: 10.44.0.0/24 }' };
    const alpha = { ...web, ...mail, ...db(', spoofchk: false'), bak1: backup(1) };
    lab.fabric(rackText(way, { alpha, networks, more: { vfs: 7 } }));
    const { code, stdout } = await lab.vflane('plan', '--host', 'alpha');
    expect({ code, stdout }).toMatchObject({ code: 4 });
    for (const guest of Object.keys(alpha))
      expect(stdout).toContain(`: ${guest} is running and would be interrupted`);
  });

  it('they and their network are removed, and a guest moves with its MAC and address, stopped here before it starts there', () =>
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
      await apply(way, last);
      await reaches('web', '192.168.10.3');
    }));

  it.each(unavoidable[way])(
    '%s first names the guests that it stops, and stops only these',
    async (what, change) => {
      lab.fabric(rackText(way, { ...last, ...change }));
      const { code, stdout } = await lab.vflane('plan', '--host', 'alpha');
      expect({ code, stdout }).toMatchObject({ code: 4 });
      const named = [...stdout.matchAll(/VF3003 .*: (\S+) is running and would be interrupted/g)];
      expect(named.map(([, guest]) => guest).sort()).toEqual(['mail', 'web']);
      const pings = [
        { from: 'web', on: 'alpha', to: '192.168.10.3' },
        { from: 'db', on: 'beta', to: '192.168.10.3' },
      ];
      const [ofNamed, ofOthers] = await lostBy(pings, async () => {
        await apply(way, { ...last, ...change }, 'apply --host alpha --allow-disruption');
        await reaches('web', '192.168.10.3');
      });
      console.log(
        `${way}, ${what}: ${ofNamed} pings of a guest that was named lost, ${ofOthers} of one that was not`,
      );
      expect(ofNamed).toBeGreaterThan(0);
      expect(ofOthers).toBe(0);
    },
  );
});
