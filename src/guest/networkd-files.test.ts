import { expect, test } from 'vitest';
import type { LaneSpec } from '../model/host-spec.ts';
import { asIfName, asMacAddress, asNetworkName, asPciAddress } from '../model/names.ts';
import { networkdFiles } from './networkd-files.ts';

const member = (port: number) => ({
  pf: asPciAddress(`0000:03:00.${port}`) as LaneSpec['members'][number]['pf'],
  index: 0,
  ifName: asIfName(`storage-${port}`) as LaneSpec['bond'],
  mac: asMacAddress(`02:00:00:00:00:0${port}`) as LaneSpec['members'][number]['mac'],
});

const lane: LaneSpec = {
  network: asNetworkName('storage') as LaneSpec['network'],
  bond: asIfName('storage') as LaneSpec['bond'],
  members: [member(0), member(1)],
  mtu: 9000,
  addresses: ['192.168.10.2/24'],
  gateways: ['192.168.10.1'],
  dns: [],
  dhcp: false,
  monitor: { kind: 'arp', intervalMs: 100, targets: ['192.168.10.1', 'fd00::1'] },
};

test('two VFs are one active-backup bond in which each keeps its own MAC, port 0 first', () => {
  const files = Object.fromEntries(networkdFiles([lane]).map(({ path, text }) => [path, text]));
  expect(Object.keys(files)).toEqual(
    ['10-storage.netdev', '20-storage-0.network', '20-storage-1.network', '30-storage.network'].map(
      (name) => `/etc/systemd/network/${name}`,
    ),
  );
  const bond = files['/etc/systemd/network/10-storage.netdev'];
  for (const line of ['Mode=active-backup', 'FailOverMACPolicy=active', 'ARPValidate=all'])
    expect(bond).toContain(`${line}\n`);
  expect(bond).toContain('ARPIPTargets=192.168.10.1\n');
  expect(files['/etc/systemd/network/20-storage-0.network']).toContain('PrimarySlave=yes');
  expect(files['/etc/systemd/network/20-storage-1.network']).not.toContain('PrimarySlave');
  expect(files['/etc/systemd/network/30-storage.network']).toContain('Gateway=192.168.10.1\n');
});

test('one NIC is not a bond', () => {
  const [only, ...more] = networkdFiles([{ ...lane, members: [member(0)] }]);
  expect(more).toEqual([]);
  expect(only?.text).toContain('PermanentMACAddress=02:00:00:00:00:00\n');
  expect(only?.text).toContain('Address=192.168.10.2/24\n');
});
