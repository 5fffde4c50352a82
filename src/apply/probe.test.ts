import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostError } from '../host/host.ts';
import type { Json } from '../model/json.ts';
import type { PciAddress } from '../model/names.ts';
import type { Probe } from '../model/plan.ts';
import { walkJson } from './json-walk.ts';
import { probeAll } from './probe.ts';
import { pf, pfPath } from './testing/fake-card.ts';
import { FakeWorld } from './testing/fake-world.ts';

const vfPath = '/sys/bus/pci/devices/0000:03:00.2';
const unused: Probe = { unused: { vf: { pf: pf as PciAddress, index: 0 } } };

async function verdict(world: FakeWorld, probe: Probe) {
  const [first] = await probeAll(world.session().host, [probe]);
  return first;
}

function withVf(driver?: string): FakeWorld {
  const world = new FakeWorld();
  world.card.write(`${pfPath}/sriov_numvfs`, '1');
  if (driver) world.card.links.set(`${vfPath}/driver`, `../../../bus/pci/drivers/${driver}`);
  return world;
}

async function printed(stdout: string, at: readonly string[], is: Json) {
  const { host } = new FakeWorld().session();
  const probe: Probe = { query: ['ip', '-j', 'link'], at, is };
  const [first] = await probeAll({ ...host, query: async () => ({ stdout, stderr: '' }) }, [probe]);
  return first?.kind;
}

describe('a probe', () => {
  it('reads a file without its newline, and where a link points', async () => {
    const world = withVf('vfio-pci');
    expect((await verdict(world, { read: `${pfPath}/sriov_numvfs`, is: '1' }))?.kind).toBe('holds');
    expect((await verdict(world, { link: `${vfPath}/driver`, is: 'vfio-pci' }))?.kind).toBe('holds');
    expect((await verdict(world, { link: `${vfPath}/driver`, is: '' }))?.saw).toBe('"vfio-pci"');
    expect((await verdict(withVf(), { link: `${vfPath}/driver`, is: '' }))?.kind).toBe('holds');
  });

  it('never takes "could not look" for an answer', async () => {
    const world = new FakeWorld();
    expect(await verdict(world, { read: '/sys/none', is: '' })).toMatchObject({ kind: 'unseen' });
    expect(await verdict(world, { query: ['no-such'], at: [], is: null })).toMatchObject({ kind: 'unseen' });
    expect(await printed('Error: what?', ['x'], null)).toBe('unseen');
    const { host } = world.session();
    const lost = async () => {
      throw new HostError({ kind: 'lost', host: 'alpha', argv: [] });
    };
    const [gone] = await probeAll({ ...host, readLink: lost }, [{ link: `${vfPath}/driver`, is: '' }]);
    expect(gone?.kind).toBe('unseen');
  });

  it('walks JSON by key, place and the element that has a value', async () => {
    const text = '[{},{"ifname":"eth0","vfinfo_list":[{"vf":0,"vlan_list":[{"vlan":40}]},{"vf":1}]}]';
    const to = ['ifname=eth0', 'vfinfo_list'];
    expect(await printed(text, [...to, 'vf=0', 'vlan_list', '0', 'vlan'], 40)).toBe('holds');
    expect(await printed(text, [...to, 'vf=0', 'vlan_list', '0', 'vlan'], '40')).toBe('differs');
    expect(await printed(text, [...to, 'vf=1', 'vlan_list', '0', 'vlan'], null)).toBe('holds');
    expect(await printed(text, ['ifname=eth1'], null)).toBe('holds');
    expect(await printed('{"flags":["LOWER_UP","UP"]}', ['flags', '=UP'], 'UP')).toBe('holds');
    expect(await printed('{"flags":["LOWER_UP"]}', ['flags', '=UP'], null)).toBe('holds');
    expect(await printed('[{"a":1},{"a":"1"}]', ['a=1'], null)).toBe('unseen');
    expect(await printed('', ['ifname=eth1'], null)).toBe('holds');
  });

  it('walks any JSON by any path without crashing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.string()), (value, at) => {
        const end = walkJson(value as Json, at);
        expect(at.length > 0 && typeof value !== 'object' ? end : undefined).toBeUndefined();
      }),
    );
  });
});

describe('an unused VF', () => {
  it('is one that does not exist', async () => {
    expect((await verdict(new FakeWorld(), unused))?.kind).toBe('holds');
  });

  it.each([undefined, 'vfio-pci'])('is one that nobody has open (driver %s)', async (driver) => {
    expect((await verdict(withVf(driver), unused))?.kind).toBe('holds');
  });

  it.each(['/dev/vfio/20', '/dev/vfio/devices/vfio3'])('is not one held through %s', async (path) => {
    const world = withVf('vfio-pci');
    world.card.files.set(`${vfPath}/vfio-dev/vfio3/dev`, '');
    world.card.open = [{ path, pid: 7, command: 'qemu' }];
    expect(await verdict(world, unused)).toMatchObject({
      kind: 'differs',
      saw: `held by qemu (pid 7) through ${path}`,
    });
    world.card.open = [{ path: '/dev/vfio/200', pid: 7, command: 'qemu' }];
    expect((await verdict(world, unused))?.kind).toBe('holds');
  });

  it('is not one whose netdev was moved into another namespace', async () => {
    const world = withVf('igbvf');
    expect(await verdict(world, unused)).toMatchObject({ kind: 'differs' });
    world.card.files.set(`${vfPath}/net/eth7/mtu`, '1500');
    expect((await verdict(world, unused))?.kind).toBe('holds');
  });

  it('is unknown for a driver whose users leave no trace, and if processes cannot be seen', async () => {
    expect((await verdict(withVf('pci-stub'), unused))?.kind).toBe('unseen');
    const { host } = withVf('vfio-pci').session();
    const refused = async () => {
      throw new HostError({ kind: 'errno', host: 'alpha', argv: [], errno: 'EACCES' });
    };
    expect((await probeAll({ ...host, openFiles: refused }, [unused]))[0]?.kind).toBe('unseen');
  });
});
