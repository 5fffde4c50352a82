import { describe, expect, test } from 'vitest';
import { datapaths } from '../datapath/datapath.ts';
import { parseFabric } from '../fabric/parse-fabric.ts';
import type { HostState } from '../model/host-state.ts';
import { emptyLedger } from '../model/ledger.ts';
import type { MachineSpec } from '../model/machine.ts';
import { grubFile, modulesFile, type SystemState } from '../model/preparation.ts';
import { packagesFor, preparationFor } from './preparation.ts';
import { preparationFindings } from './preparation-findings.ts';

const debian: SystemState = {
  debian: 13,
  missing: [],
  coming: [],
  grub: true,
  commandLine: 'root=/dev/sda1 quiet',
  iommuTables: ['DMAR'],
  skbExt: true,
};

const state: HostState = {
  bootId: 'b',
  kernel: '6.12.0',
  modules: [],
  root: true,
  iommu: true,
  pfs: [],
  links: [],
  namespaces: {},
  routes: {},
  holders: [],
  session: undefined,
};

function examined(datapath: keyof typeof datapaths, guest: string, seen: Partial<HostState> = {}) {
  const text = `name: rack7
networks:
  storage: { id: 42, subnet: 192.168.10.0/24 }
hosts:
  alpha:
    connect: local
    datapath: ${datapath}
    nic: "0000:03:00"${datapath === 'legacy-vlan' ? '' : '\n    underlay: 192.168.9.2/24'}
    guests:
      web: { ${guest}, networks: { storage: 192.168.10.2/24 } }
`;
  const { fabric, findings } = parseFabric(text, 'fabric.yaml');
  const host = fabric?.hosts[0];
  const expand = datapaths[datapath];
  if (!fabric || !host || !expand) throw new Error(JSON.stringify(findings));
  return { fabric, host, spec: expand(fabric, host, emptyLedger), state: { ...state, ...seen } };
}

const vm = 'vm: { cpus: 2, memory: 1G, disk: debian-13.qcow2 }';

describe('packages', () => {
  test('follow from the datapath, the guests and the release', () => {
    expect(packagesFor(examined('legacy-vlan', 'netns: true'), 13)).toEqual(['iproute2', 'kmod', 'ethtool']);
    expect(packagesFor(examined('legacy-vlan', vm), 13)).toEqual(
      expect.arrayContaining(['qemu-system-x86', 'qemu-utils']),
    );
    expect(packagesFor(examined('ovs-dpdk', 'netns: true'), 13)).toEqual(
      expect.arrayContaining(['openvswitch-switch-dpdk', 'librte-net-mlx5-25', 'librte-mempool-ring25']),
    );
    expect(packagesFor(examined('ovs-dpdk', 'netns: true'), 12)).toContain('librte-net-mlx5-23');
  });

  test('dependencies are distinguished from what is needed', () => {
    const system = { ...debian, missing: ['nftables'], coming: ['libnftables1', 'nftables'] };
    expect(preparationFor(examined('ovs-tc', 'netns: true'), system).packages).toEqual({
      libnftables1: 'auto',
      nftables: 'manual',
    });
  });
});

describe('an IOMMU', () => {
  const without = examined('legacy-vlan', vm, { iommu: false });

  test('that Intel’s firmware offers is enabled at the next start', () => {
    const { files } = preparationFor(without, debian);
    expect(files[grubFile]).toContain('intel_iommu=on iommu=pt"\n');
    expect(files[modulesFile]).toContain('\nvfio-pci\n');
    expect(preparationFindings(without, debian).map(({ code }) => code)).toEqual(['VF2230']);
  });

  test('that it does not offer cannot be had from here', () => {
    const system = { ...debian, iommuTables: [] };
    expect(preparationFor(without, system).files[grubFile]).toBeUndefined();
    expect(preparationFindings(without, system).map(({ code }) => code)).toEqual(['VF2231']);
  });

  test('of AMD’s is on unless somebody disabled it', () => {
    const told = preparationFindings(without, { ...debian, iommuTables: ['IVRS'] });
    expect(told).toMatchObject([{ code: 'VF2231', hint: expect.stringContaining('amd_iommu=off') }]);
  });

  test('does not matter if nothing leaves the kernel', () => {
    const spared = examined('legacy-vlan', 'netns: true', { iommu: false });
    expect(preparationFor(spared, debian).files).toEqual({});
    expect(preparationFindings(spared, debian)).toEqual([]);
  });

  test('stays wanted once the host has been started with it', () => {
    const { files } = preparationFor(without, debian);
    const mended = examined('legacy-vlan', vm, { iommu: true, bootFiles: { ...files } });
    const system = { ...debian, commandLine: 'root=/dev/sda1 quiet intel_iommu=on iommu=pt' };
    expect(preparationFor(mended, system).files).toEqual(files);
    expect(preparationFindings(mended, system)).toEqual([]);
  });
});

describe('hugepages', () => {
  test('are reserved for a guest backed by them, too', () => {
    const plain = examined('legacy-vlan', vm);
    const machine = { hugepages: true, memoryMiB: 1024 } as MachineSpec;
    const guests = plain.spec.guests.map((guest) => ({ ...guest, machine }));
    expect(preparationFor({ ...plain, spec: { ...plain.spec, guests } }, debian).files[grubFile]).toContain(
      ' hugepagesz=2M hugepages=512"\n',
    );
  });

  const dpdk = examined('ovs-dpdk', 'netns: true');

  test('that somebody else put on the command line are left alone', () => {
    const system = { ...debian, commandLine: 'quiet hugepages=4096' };
    expect(preparationFor(dpdk, system).files[grubFile]).toBeUndefined();
  });

  test('go to the boot loader by hand if there is no GRUB', () => {
    const system = { ...debian, grub: false };
    expect(preparationFor(dpdk, system).files[grubFile]).toBeUndefined();
    expect(preparationFindings(dpdk, system)).toMatchObject([
      { code: 'VF2235', message: expect.stringMatching(/hugepages=\d+$/) },
    ]);
  });
});

test('on a system other than Debian the packages are named, and none is installed', () => {
  const system = { ...debian, debian: undefined };
  expect(preparationFindings(examined('ovs-tc', 'netns: true'), system)).toMatchObject([
    { code: 'VF2234', severity: 'error', hint: expect.stringContaining('openvswitch-switch') },
  ]);
});

test('what apt cannot install is reported in its own words', () => {
  const system = {
    ...debian,
    missing: ['librte-net-mlx5-25'],
    coming: { unseen: 'E: Unable to locate package' },
  };
  expect(preparationFindings(examined('ovs-tc', 'netns: true'), system)).toMatchObject([
    { code: 'VF2233', message: expect.stringContaining('librte-net-mlx5-25 (E: Unable to locate package)') },
  ]);
});
