import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll } from '../src/lab/wait.ts';
import { cardHost, external, labFabric, namespace, storage } from './support/lab-fabric.ts';
import { findingsIn, hostFacts, type LabHost, type LinkJson, labHost } from './support/lab-host.ts';
import { makeGuest, type NestedGuest, startGuest } from './support/nested-guest.ts';

/** A guest that is a VM, with a VF of each port on vfio-pci, set up as `vflane export guest` says. */
const fabricOf = (guests: { readonly [name: string]: string }) =>
  labFabric(
    { storage: storage({ mtu: 9000 }) },
    { alpha: cardHost(2, guests), beta: cardHost(2, { web: namespace({ storage: '192.168.10.3/24' }) }) },
  );
const withVm = fabricOf({ vm1: external({ storage: '192.168.10.2/24' }) });

interface Exported {
  readonly lanes: readonly {
    readonly vfs: readonly { readonly pf: string; readonly pci: string; readonly mac: string }[];
  }[];
}

let lab: LabHost;
let guest: NestedGuest;
let before: unknown;
let vfs: Exported['lanes'][number]['vfs'];

async function timed<T>(what: string, work: Promise<T>): Promise<T> {
  const began = performance.now();
  const done = await work;
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return done;
}

async function expectVflane(code: number, ...args: readonly string[]): Promise<string> {
  const ended = await lab.vflane(...args);
  expect(ended, `vflane ${args.join(' ')}: ${ended.stdout}${ended.stderr}`).toMatchObject({ code });
  return ended.stdout;
}

const activePort = () => guest.run('cat /sys/class/net/storage/bonding/active_slave');
const expectReached = () => lab.ssh('ip netns exec web ping -c 3 -i 0.5 -w 30 192.168.10.2', 'beta');

beforeAll(async () => {
  lab = await timed('two hosts up', labHost(2));
  before = await hostFacts(lab);
  lab.fabric(withVm);
  await timed('apply', expectVflane(0, 'apply', '--yes'));
  const recipe = await expectVflane(0, 'export', 'guest', 'vm1');
  const { lanes } = JSON.parse(await expectVflane(0, 'export', 'guest', 'vm1', '--json')) as Exported;
  vfs = lanes[0]?.vfs ?? [];
  const devices = [...recipe.matchAll(/^# +-device (vfio-pci\S+)$/gm)].map(([, device = '']) => device);
  const machine = { devices, recipe };
  const qemu = await timed('QEMU and an initrd on alpha', makeGuest(lab, machine));
  guest = await timed('the guest up', startGuest(lab, qemu, machine));
  await timed('its bond made', guest.run('sh -e /recipe', 120_000));
});
afterAll(() => lab?.down());

describe('a VM with a VF of each port', () => {
  it('has the MACs that the ports gave them, and both in its bond', async () => {
    const bond = await guest.run('cat /proc/net/bonding/storage');
    expect(bond).toContain('Bonding Mode: fault-tolerance (active-backup) (fail_over_mac active)');
    const links = JSON.parse(await lab.ssh('ip -j link')) as readonly LinkJson[];
    const admin = ['enp1s0f0', 'enp1s0f1'].map(
      (name) => links.find(({ ifname }) => ifname === name)?.vfinfo_list?.[0]?.address,
    );
    expect(admin).toEqual(vfs.map(({ mac }) => mac));
    expect([...bond.matchAll(/^Permanent HW addr: (.*)$/gm)].map(([, mac]) => mac)).toEqual(admin);
    expect(await guest.run('cat /sys/class/net/storage/mtu')).toBe('9000');
  });

  it('reaches a guest of another host with whole frames, and is reached', async () => {
    expect(await guest.run('ping -c 5 -s 8972 -w 40 192.168.10.3')).toMatch(/ 5 packets received/);
    await expectReached();
  });

  it('is named as the user of the VFs', async () => {
    const shown = await expectVflane(0, 'show', 'alpha');
    for (const { pci } of vfs)
      expect(shown).toMatch(new RegExp(`${pci} +vfio-pci .* vm1/storage, open in qemu-guest \\(pid \\d+\\)`));
    expect(await expectVflane(0, 'status', '--host', 'alpha')).toContain(
      'alpha: vm1/storage has VF 0 of each port',
    );
  });
});

describe('while it runs', () => {
  it('no plan takes its VFs: it is named, and nothing is touched', async () => {
    const untouched = await hostFacts(lab);
    lab.fabric(fabricOf({}));
    const findings = findingsIn(await expectVflane(4, 'plan', '--json', '--host', 'alpha'));
    const said = expect.objectContaining({ code: 'VF3003', message: expect.stringContaining('vm1') });
    expect(findings).toContainEqual(said);
    await expectVflane(4, 'apply', '--yes', '--host', 'alpha');
    lab.fabric(withVm);
    expect(await expectVflane(4, 'destroy', '--yes', '--host', 'alpha')).toMatch(/VF3003 .*\bvm1 is running/);
    expect(await hostFacts(lab)).toEqual(untouched);
  });

  it('its bond survives a cut cable', async () => {
    const first = await activePort();
    await expectVflane(0, 'lab', 'cable', 'alpha', '0', 'cut');
    await timed(
      'the other port active',
      poll(60_000, 500, async () => (await activePort()) !== first),
    );
    await expectReached();
    await expectVflane(0, 'lab', 'cable', 'alpha', '0', 'join');
    expect(await poll(60_000, 500, async () => (await activePort()) === first)).toBe(true);
    await expectReached();
  });
});

describe('after it', () => {
  it('the host is left as it was found', async () => {
    await guest.powerOff();
    await expectVflane(0, 'destroy', '--yes', '--host', 'alpha');
    expect(await hostFacts(lab)).toEqual(before);
  });
});
