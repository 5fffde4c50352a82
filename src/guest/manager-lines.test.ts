import { expect, test } from 'vitest';
import type { LaneSpec } from '../model/host-spec.ts';
import { managerLines } from './manager-lines.ts';

const guest = { name: '1db', isPlain: false };
const lane = (network: string, port: string) => {
  const tap = { port, mac: '02:00:00:00:00:01' };
  return { lane: { network, members: [], tap } as unknown as LaneSpec, functions: [] };
};
const lanes = [lane('storage', '1db-9fbeca'), lane('household', '1db-ab78f4')];

test('a guest whose name begins with a digit has NIC ids that QEMU accepts', () => {
  const line = managerLines('qemu', guest, lanes).join('\n');
  expect([...line.matchAll(/(?:id|netdev)=([^,\s]+)/g)].map(([, id]) => id)).toEqual([
    ...['lane0', 'lane0', 'lane1', 'lane1'],
  ]);
  expect(line).toContain('ifname=1db-ab78f4');
});

test('Proxmox is given all NICs at once, because a second -args would replace the first', () => {
  const lines = managerLines('proxmox', guest, lanes);
  const set = lines.filter((line) => line.includes('-args'));
  expect(set).toHaveLength(1);
  expect(set[0]).toMatch(/^qm set VMID -args '.*ifname=1db-9fbeca.*ifname=1db-ab78f4.*'$/);
  expect(managerLines('proxmox', guest, [])).toEqual([]);
});
