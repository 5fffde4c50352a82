import { expect, test } from 'vitest';
import type { MachineSpec } from '../model/machine.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import { dropInText } from './guest-unit.ts';
import { qemuArgv } from './qemu-argv.ts';
import { vfsIn, withLookups, withTokens } from './vf-token.ts';

const pci = (text: string) => asPciAddress(text) as PciAddress;
const [port0, port1] = [pci('0000:03:00.0'), pci('0000:03:00.1')];

const machine: MachineSpec = {
  cpus: 2,
  memoryMiB: 2048,
  hugepages: false,
  manager: 'systemd',
  firmware: 'bios',
  image: '/var/lib/vflane/images/debian-13.qcow2',
  pci: [],
  autostart: true,
  nics: [
    { pf: port0, index: 3 },
    { pf: port1, index: 3 },
  ],
};

function after(argv: readonly string[], option: string): readonly string[] {
  return argv.flatMap((word, place) => (argv[place - 1] === option ? [word] : []));
}

test('the image itself is never named: the guest writes to its overlay only', () => {
  const argv = qemuArgv('web', machine, {});
  expect(argv.join(' ')).not.toContain(machine.image);
  expect(after(argv, '-blockdev')).toEqual([
    'driver=qcow2,node-name=disk0,discard=unmap,file.driver=file,file.filename=/var/lib/vflane/guests/web/disk.qcow2',
  ]);
});

test('a VF of each port, each behind a root port of its own', () => {
  const devices = after(qemuArgv('web', machine, {}), '-device');
  expect(devices.filter((word) => word.startsWith('vfio-pci'))).toEqual([
    'vfio-pci,id=lane0,host=<VF 3 of 0000:03:00.0>,bus=lane0port',
    'vfio-pci,id=lane1,host=<VF 3 of 0000:03:00.1>,bus=lane1port',
  ]);
  const chassis = devices.flatMap((word) => /chassis=(\d+)/.exec(word)?.[1] ?? []);
  expect(new Set(chassis).size).toBe(2);
});

test('functions that are passed through come as well, and hugepages are on the card’s node', () => {
  const argv = qemuArgv('web', { ...machine, hugepages: true, pci: [pci('0000:41:00.0')] }, { node: 1 });
  expect(after(argv, '-device')).toContain('vfio-pci,id=given0,host=0000:41:00.0,bus=given0port');
  expect(after(argv, '-object')).toEqual([
    'memory-backend-memfd,id=ram0,size=2048M,hugetlb=on,hugetlbsize=2M,prealloc=on,host-nodes=1,policy=bind',
  ]);
});

test('a tap of the userspace datapath is opened without virtio’s header', () => {
  const nics = [{ tap: 'web-1', mac: '02:00:00:00:00:01', plain: true }];
  const argv = qemuArgv('web', { ...machine, nics }, {});
  expect(after(argv, '-netdev')).toEqual(['tap,id=net0,ifname=web-1,script=no,downscript=no,vnet_hdr=off']);
});

test('a drop-in is written with lookups, and what is found is compared with the same text', () => {
  const text = dropInText('web', machine.image, qemuArgv('web', machine, {}), '0-15');
  const written = withLookups(text);
  expect(Array.isArray(written) && written.filter((part) => typeof part !== 'string')).toEqual([
    { vf: { pf: port0, index: 3 } },
    { vf: { pf: port1, index: 3 } },
  ]);
  const addresses = [pci('0000:03:00.5'), pci('0000:03:02.5')];
  const onDisk = (Array.isArray(written) ? written : [])
    .map((part, place) => (typeof part === 'string' ? part : addresses[(place - 1) / 2]))
    .join('');
  const pools = [port0, port1].map((one, port) => ({
    pci: one,
    vfs: [{ index: 3, pci: addresses[port] ?? one }],
  }));
  expect(withTokens(onDisk, pools)).toBe(text);
  expect(vfsIn(text)).toHaveLength(2);
  // A pool that was made anew elsewhere: the old address is a VF's no more.
  expect(withTokens(onDisk, [])).not.toBe(text);
});
