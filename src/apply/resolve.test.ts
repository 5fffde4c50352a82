import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostError } from '../host/host.ts';
import type { PciAddress } from '../model/names.ts';
import type { Lookup } from '../model/plan.ts';
import { lookupTimeoutMs, prepare } from './act.ts';
import { fill, lookAt, resolve, Unresolved } from './resolve.ts';
import { pf, pfPath } from './testing/fake-card.ts';
import { FakeWorld } from './testing/fake-world.ts';

const pci = pf as PciAddress;
const uplink: Lookup = { netdev: { pf: pci } };
const representor: Lookup = { netdev: { pf: pci, vf: 1 } };
const vf0: Lookup = { vf: { pf: pci, index: 0 } };

function switchdev(): FakeWorld {
  const world = new FakeWorld();
  const netdevs = { eth0: 'p0', eth1: 'pf0vf0', eth2: 'pf0vf1', eth3: 'pf1vf1', eth4: 'pf0sf88' };
  for (const [name, port] of Object.entries(netdevs)) {
    world.card.files.set(`${pfPath}/net/${name}/phys_port_name`, port);
    world.card.files.set(`${pfPath}/net/${name}/phys_switch_id`, 'b8cef603');
  }
  return world;
}

function resolveIn(world: FakeWorld, lookup: Lookup, known = {}): Promise<string> {
  return resolve(lookAt(world.session().host, known), lookup);
}

describe('a lookup', () => {
  it('distinguishes the uplink from the representors of the same PF', async () => {
    expect(await resolveIn(switchdev(), uplink)).toBe('eth0');
  });

  it('finds a representor by port name and eswitch', async () => {
    expect(await resolveIn(switchdev(), representor)).toBe('eth2');
    const strange = switchdev();
    strange.card.files.set(`${pfPath}/net/eth2/phys_switch_id`, 'another');
    await expect(resolveIn(strange, representor)).rejects.toThrow(
      'representor of VF 1 of 0000:03:00.0: none',
    );
  });

  it('takes the only netdev of a card that has no port names', async () => {
    const world = new FakeWorld();
    world.card.files.delete(`${pfPath}/net/eth0/phys_port_name`);
    world.card.files.set(`${pfPath}/net/enp1s0f0/mtu`, '1500');
    expect(await resolveIn(world, uplink)).toBe('enp1s0f0');
  });

  it('follows a VF to its address, its IOMMU group and its netdev', async () => {
    const world = new FakeWorld();
    world.card.write(`${pfPath}/sriov_numvfs`, '1');
    world.card.files.set('/sys/bus/pci/devices/0000:03:00.2/net/enp3s0f0v0/mtu', '1500');
    expect(await resolveIn(world, vf0)).toBe('0000:03:00.2');
    expect(await resolveIn(world, { iommuGroup: [vf0] })).toBe('20');
    expect(await resolveIn(world, { netdevOf: [vf0] })).toBe('enp3s0f0v0');
  });

  it('refuses two matches, and names them; for an undo, the name that the step used decides', async () => {
    const world = switchdev();
    world.card.files.set(`${pfPath}/net/eth9/phys_port_name`, 'p0');
    await expect(resolveIn(world, uplink)).rejects.toThrow('netdev of PF 0000:03:00.0: 2 match: eth0, eth9');
    expect(await resolveIn(world, uplink, { 'netdev of PF 0000:03:00.0': 'eth9' })).toBe('eth9');
    await expect(resolveIn(world, uplink, { 'netdev of PF 0000:03:00.0': 'eth8' })).rejects.toThrow(
      '2 match',
    );
  });

  it.each(['eth0 up', 'eth0\nlink del bond0', '-batch', '..', '$(reboot)', 'a;b', 'sixteencharsname'])(
    'lets no netdev named %j into a command',
    async (name) => {
      const world = new FakeWorld();
      world.card.files.delete(`${pfPath}/net/eth0/phys_port_name`);
      world.card.files.set(`${pfPath}/net/${name}/mtu`, '1500');
      const look = lookAt(world.session().host);
      await expect(fill(look, ['link set ', uplink, ' up'])).rejects.toThrow('is not a sound name');
    },
  );

  it('accepts a host’s answer only if it is a valid name', async () => {
    const sound = /^(?!\.\.?$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string()), fc.string(), async (names, text) => {
        const { host } = new FakeWorld().session();
        const liar = {
          ...host,
          listDir: async () => names,
          readLink: async () => text,
          readFile: async () => {
            throw new HostError({ kind: 'errno', host: 'alpha', argv: [], errno: 'EOPNOTSUPP' });
          },
        };
        for (const lookup of [uplink, representor, vf0, { iommuGroup: [vf0] }, { netdevOf: pf }]) {
          const value = await resolve(lookAt(liar), lookup).catch((error: unknown) => {
            expect(error).toBeInstanceOf(Unresolved);
            return undefined;
          });
          if (value !== undefined && !/^[0-9a-f:.]+$|^\d+$/.test(value)) expect(value).toMatch(sound);
        }
      }),
    );
  });
});

describe('the names of an action', () => {
  it('are waited for, and asked for anew each time', async () => {
    const world = new FakeWorld();
    const { host } = world.session();
    const clock = {
      ...world.clock,
      sleep: async (ms: number) => {
        world.nowMs += ms;
        if (world.nowMs > 1_000_400) world.card.write(`${pfPath}/sriov_numvfs`, '1');
      },
    };
    const { ready, resolved } = await prepare(host, clock, { write: ['/x/', vf0], text: '1' });
    expect(ready).toEqual({ write: '/x/0000:03:00.2', text: '1' });
    expect(resolved).toEqual({ 'VF 0 of 0000:03:00.0': '0000:03:00.2' });
  });

  it('are given up on after the deadline, saying what was seen', async () => {
    const world = new FakeWorld();
    const { host, clock } = world.session();
    await expect(prepare(host, clock, { write: ['/x/', vf0], text: '1' })).rejects.toThrow(
      /VF 0 of 0000:03:00.0: .*ENOENT.*virtfn0 \(after 5 s\)/,
    );
    expect(world.nowMs).toBeGreaterThanOrEqual(1_000_000 + lookupTimeoutMs);
    expect(world.nowMs).toBeLessThan(1_001_000 + lookupTimeoutMs);
  });

  it('are each looked up once within one action', async () => {
    const world = switchdev();
    const line = ['link set ', uplink, ' up\n'] as const;
    await prepare(world.session().host, world.clock, { run: ['ip'], stdin: Array(50).fill(line).flat() });
    expect(world.operations.filter((o) => o.startsWith('list'))).toHaveLength(1);
  });
});
