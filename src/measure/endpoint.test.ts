import { expect, test } from 'vitest';
import { fabric, fabricHost, guest, vmGuest } from '../../tests/support/states.ts';
import { expandLegacyVlan } from '../datapath/legacy-vlan.ts';
import { HostError } from '../host/host.ts';
import type { VmSpec } from '../model/fabric.ts';
import { emptyLedger } from '../model/ledger.ts';
import type { Site } from '../operate/site.ts';
import { endpointsAt } from './endpoint.ts';
import { roadPorts } from './road-ports.ts';

const vm: VmSpec = {
  ...{ cpus: 1, memoryMiB: 256, hugepages: false, manager: 'systemd', firmware: 'bios' },
  ...{ disk: 'debian-13.qcow2', pci: [], autostart: true, cloudInit: 'none' },
};
const hostOf = (spec: VmSpec) =>
  fabricHost('alpha', [vmGuest('vm1', spec, ['storage']), guest('theirs', 'external', ['storage'])]);

const specOfHost = expandLegacyVlan(fabric([hostOf(vm)]), hostOf(vm), emptyLedger);
const [mac0 = '', mac1 = ''] = specOfHost.guests[0]?.lanes[0]?.members.map(({ mac }) => mac) ?? [];

/** As qemu-ga answers: the kernel's own names, and a bond with the MAC of the second VF. */
const interfaces = [
  { name: 'enp5s0', 'hardware-address': mac0 },
  { name: 'enp6s0', 'hardware-address': mac1 },
  {
    name: 'storage',
    'hardware-address': mac1,
    'ip-addresses': [
      { 'ip-address': 'fe80::1', prefix: 64 },
      { 'ip-address': '2001:db8::2', prefix: 64 },
      { 'ip-address': '192.168.10.2', prefix: 24 },
    ],
  },
];

function siteThat(ask: (...words: readonly unknown[]) => Promise<readonly string[]>): Site {
  const fold = async () => ({ ledger: emptyLedger, history: [] });
  return { name: 'alpha', reader: { ask }, fold } as unknown as Site;
}

const found = (spec: VmSpec, ask: () => Promise<readonly string[]>) =>
  endpointsAt(siteThat(ask), fabric([hostOf(spec)]), hostOf(spec));

test('a VM is an end by what its agent says: its bond, its addresses but the kernel’s own, and the file’s MTU', async () => {
  const { endpoints, findings } = await found(vm, async () => [
    '{"return":1}',
    JSON.stringify({ return: interfaces }),
  ]);
  const [end] = endpoints;
  expect(end).toMatchObject({
    ...{ place: { in: 'vm', guest: 'vm1' }, netdev: 'storage', mac: mac1, mtu: 9000 },
    addresses: ['192.168.10.2', '2001:db8::2'],
  });
  expect(findings.map(({ code, where }) => `${code} ${where.at}`)).toEqual(['VF6003 theirs/storage']);
  // Its bond tells of members by names that no file knows: by their MACs they are ports.
  const bond = end && roadPorts(end, specOfHost)?.bond;
  expect(bond?.portOf('enp6s0')).toEqual({ resource: 'pf-up', at: '0000:03:00.1' });
  expect(bond?.portOf('eth9')).toBeUndefined();
});

test('a VM of libvirt’s is asked through libvirt', async () => {
  const asked: string[] = [];
  const site = siteThat(async (...words: readonly unknown[]) => {
    asked.push(`${words[0]}`);
    return [JSON.stringify({ return: interfaces })];
  });
  const host = hostOf({ ...vm, manager: 'libvirt' });
  const { endpoints } = await endpointsAt(site, fabric([host]), host);
  expect(asked).toEqual(['libvirt:vm1']);
  expect(endpoints).toMatchObject([{ place: { in: 'vm', guest: 'vm1', manager: 'libvirt' }, mac: mac1 }]);
});

test('a VM without an agent is told with what to do', async () => {
  const silent = async () => {
    throw new HostError({ kind: 'timeout', host: 'alpha', argv: [] });
  };
  const { endpoints, findings } = await found(vm, silent);
  expect(endpoints).toEqual([]);
  expect(findings[0]?.message).toBe(
    'alpha: nothing is measured from inside the VM vm1: no guest agent answers in it',
  );
});
