import { expect, test } from 'vitest';
import { bareHost, barePf, fabric, fabricHost, pf0, vmGuest } from '../../tests/support/states.ts';
import { expandLegacyVlan } from '../datapath/legacy-vlan.ts';
import { guestSpec } from '../datapath/machine.ts';
import type { VmSpec } from '../model/fabric.ts';
import type { HostState } from '../model/host-state.ts';
import { emptyLedger, type Ledger, ledgerKey } from '../model/ledger.ts';
import type { MachineState, MachinesState } from '../model/machine-state.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import { examine } from './rules.ts';

const path = '/var/lib/vflane/images/debian-13.qcow2';
const nvme = asPciAddress('0000:41:00.0') as PciAddress;
const vm: VmSpec = {
  cpus: 2,
  memoryMiB: 2048,
  disk: 'debian-13.qcow2',
  hugepages: false,
  pci: [nvme],
  manager: 'systemd',
  autostart: true,
  firmware: 'bios',
  cloudInit: { sshKeys: [], userData: 'db.yaml' },
};

const web: MachineState = {
  autostart: null,
  dropIn: null,
  unit: { active: 'inactive', result: 'success', isStale: false },
  disk: null,
  seed: null,
};

const fine: MachinesState = {
  template: null,
  power: null,
  programs: { '/usr/bin/qemu-system-x86_64': true, '/usr/bin/qemu-img': true },
  images: { [path]: { format: 'qcow2', size: 3 * 2 ** 30 } },
  userData: { '/var/lib/vflane/images/db.yaml': '#cloud-config\n' },
  blockUse: {},
  besides: {},
  guests: { web },
  memory: { totalMiB: 4096, freeMiB: 3000 },
};

const drive = {
  pci: nvme,
  present: true,
  driver: 'nvme',
  driverOverride: '',
  netdev: undefined,
  numVfs: 0,
  besides: [],
  numaNode: -1,
  localCpus: '0-3',
};

const unit = { resource: 'boot-unit', at: 'vflane-boot.service', value: true, was: null };
const enabled: Ledger = { ...emptyLedger, entries: new Map([[ledgerKey(unit.resource, unit.at), unit]]) };

function said(
  more: Partial<MachinesState> = {},
  state: Partial<HostState> = {},
  vmMore: Partial<VmSpec> = {},
  ledger = enabled,
) {
  const one = vmGuest('web', { ...vm, ...vmMore }, ['storage']);
  const host = fabricHost('alpha', [one]);
  const of = fabric([host]);
  const plain = expandLegacyVlan(of, host, emptyLedger);
  const spec = { ...plain, guests: plain.guests.map(({ lanes }) => guestSpec(one, lanes, host)) };
  const found = bareHost({ functions: [drive], machines: { ...fine, ...more }, ...state });
  return examine({ fabric: of, host, spec, state: found, ledger })
    .filter(({ code }) => /^VF20[789]/.test(code))
    .map(({ code, message }) => `${code} ${message}`);
}

const vf = {
  index: 0,
  pci: asPciAddress('0000:03:00.2') as PciAddress,
  driver: 'vfio-pci',
  driverOverride: 'vfio-pci',
  iommuGroup: '20',
  netdev: undefined,
  admin: { unseen: 'not asked here' },
};
const pfs = [{ ...barePf(pf0, 'enp3s0f0np0'), vfs: [vf] }];

test('a host that has everything gets no finding', () => {
  expect(said({})).toEqual([]);
});

interface Case {
  readonly wanted: RegExp;
  readonly more?: Partial<MachinesState>;
  readonly state?: Partial<HostState>;
  readonly vm?: Partial<VmSpec>;
}

test.each<readonly [string, Case]>([
  [
    'no QEMU',
    { wanted: /^VF2070 .*qemu-system/, more: { programs: { '/usr/bin/qemu-system-x86_64': false } } },
  ],
  ['no image', { wanted: /^VF2071 .*debian-13\.qcow2, is not there/, more: { images: { [path]: null } } }],
  [
    'an image that is written to',
    {
      wanted: /^VF2072 .*in use/,
      more: { images: { [path]: { unseen: 'Failed to get shared "write" lock' } } },
    },
  ],
  [
    'a disk on another image',
    {
      wanted: /^VF2073 .*\/old\.qcow2/,
      more: { guests: { web: { ...web, disk: { format: 'qcow2', size: 1, backing: '/old.qcow2' } } } },
    },
  ],
  [
    'an image that stands on a file of the host’s',
    {
      wanted: /^VF2088 .*is based on \/etc\/shadow$/,
      more: { images: { [path]: { format: 'qcow2', size: 512, backing: '/etc/shadow' } } },
    },
  ],
  [
    'an image whose data is elsewhere',
    {
      wanted: /^VF2088 .*data in \/etc\/shadow/,
      more: { images: { [path]: { format: 'qcow2', size: 512, dataFile: '/etc/shadow' } } },
    },
  ],
  [
    'an image of extents',
    {
      wanted: /^VF2088 .*is vmdk/,
      more: { images: { [path]: { format: 'vmdk', size: 512 } } },
    },
  ],
  [
    'a disk whose data is elsewhere',
    {
      wanted: /^VF2088 .*disk\.qcow2, keeps its data in \/etc\/passwd/,
      more: {
        guests: {
          web: { ...web, disk: { format: 'qcow2', size: 1, backing: path, dataFile: '/etc/passwd' } },
        },
      },
    },
  ],
  [
    'a unit of somebody else',
    { wanted: /^VF2075 /, more: { guests: { web: { ...web, dropIn: '[Service]\n' } } } },
  ],
  [
    'too little memory',
    { wanted: /^VF2076 .*2176 MiB.*1000 of 4096/, more: { memory: { totalMiB: 4096, freeMiB: 1000 } } },
  ],
  [
    'a guest that failed',
    {
      wanted: /^VF2080 .*did not shut down in time/,
      more: { guests: { web: { ...web, unit: { active: 'failed', result: 'exit-code', isStale: false } } } },
    },
  ],
  ['no user-data', { wanted: /^VF2082 /, more: { userData: { '/var/lib/vflane/images/db.yaml': null } } }],
  [
    'no drive',
    { wanted: /^VF2077 .*no PCI function 0000:41/, state: { functions: [{ ...drive, present: false }] } },
  ],
  [
    'a drive that is mounted',
    {
      wanted: /^VF2077 .*mounted at \/srv/,
      more: { blockUse: { [nvme]: ['/dev/nvme0n1 is mounted at /srv'] } },
    },
  ],
  [
    'a drive in a group with a NIC',
    {
      wanted: /^VF2077 .*0000:42:00\.0 \(igb\)/,
      state: {
        functions: [
          { ...drive, besides: [{ pci: asPciAddress('0000:42:00.0') as PciAddress, driver: 'igb' }] },
        ],
      },
    },
  ],
  [
    'a VF in a group with a NIC',
    {
      wanted: /^VF2077 .*group 20 .*not viable.*\(igb\)/,
      more: { besides: { [vf.pci]: [{ pci: '0000:42:00.0', driver: 'igb' }] } },
      state: { pfs },
    },
  ],
  [
    'a VF that is held',
    {
      wanted: /^VF2078 .*0000:03:00\.2.*pid 77/,
      state: { pfs, holders: [{ path: '/dev/vfio/20', pid: 77, command: 'dpdk-testpmd' }] },
    },
  ],
  [
    'no libvirt',
    {
      wanted: /^VF2074 .*not installed/,
      more: { guests: { web: { ...web, domain: { unseen: 'no such program', lacks: 'program' } } } },
      vm: { manager: 'libvirt' },
    },
  ],
  [
    'a domain of somebody else',
    {
      wanted: /^VF2075 .*domain web/,
      more: {
        guests: { web: { ...web, domain: { xml: null, digest: '', state: 'running', autostart: false } } },
      },
      vm: { manager: 'libvirt' },
    },
  ],
])('%s', (_what, { wanted, more, state, vm: vmMore }) => {
  const all = said(more, state, vmMore);
  expect(all).toHaveLength(1);
  expect(all[0]).toMatch(wanted);
});

test('a guest that has to re-read its networks goes on, and is reported', () => {
  const running = { ...web, unit: { active: 'active', result: 'success', isStale: false } };
  const seed = { 'network-config': 'version: 2\n' };
  expect(said({ guests: { web: { ...running, seed } } })).toEqual([expect.stringMatching(/^VF2079 /)]);
});

test('a guest that starts with a host that is not enabled is reported, and any other is not', () => {
  expect(said({}, {}, {}, emptyLedger)).toEqual([
    expect.stringMatching(/^VF2086 alpha: web starts with the host/),
  ]);
  expect(said({}, {}, { autostart: false }, emptyLedger)).toEqual([]);
});
