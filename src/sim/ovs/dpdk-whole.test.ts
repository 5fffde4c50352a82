import { expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import type { SimHost } from '../sim-host.ts';
import { does, refusal, sys, tell } from '../testing/tell.ts';
import { plug, unplug } from '../unplug.ts';

const daemon = '/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk';
const functions = ['0000:01:00.0', '0000:01:00.1'] as const;

async function give(host: SimHost, pci: string): Promise<void> {
  await host.writeFile(`${sys}/drivers/igb/unbind`, pci);
  await host.writeFile(`${sys}/devices/${pci}/driver_override`, 'vfio-pci');
  await host.writeFile(`${sys}/drivers_probe`, pci);
}

/** A host with an igb whose ports are bound to vfio-pci, and DPDK started with those in `given`. */
async function withDpdk(given: readonly string[] = functions): Promise<SimHost> {
  const host = memorySim({ card: 'igb' });
  await does(host, 'modprobe vfio-pci');
  for (const pci of given) await give(host, pci);
  await host.writeFile('/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages', '1024');
  await does(host, `update-alternatives --set ovs-vswitchd ${daemon}`);
  const settings = [`dpdk-extra=${functions.map((pci) => `-a ${pci}`).join(' ')}`, 'dpdk-init=true'];
  await host.run(['ovs-vsctl', 'set', 'Open_vSwitch', '.', ...settings.map((s) => `other_config:${s}`)]);
  await does(host, 'systemctl restart openvswitch-switch');
  const ports = functions.map((pci, n) => `-- set Interface p${n} type=dpdk options:dpdk-devargs=${pci}`);
  const bond = 'add-bond br0 up p0 p1 bond_mode=active-backup';
  await tell(
    host,
    `ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev -- ${bond} ${ports.join(' ')}`,
  );
  return host;
}

const said = async (host: SimHost, line: string) => (await tell(host, line)).stdout.trim();

it('drives a port on vfio-pci, and not one that the kernel has', async () => {
  const host = await withDpdk(['0000:01:00.0']);
  expect(await said(host, 'ovs-vsctl get Interface p0 error')).toBe('[]');
  expect(await said(host, 'ovs-vsctl get Interface p0 status:driver_name')).toBe('net_e1000_igb');
  expect(await said(host, 'ovs-vsctl get Interface p1 error')).toContain(
    "Error attaching device '0000:01:00.1'",
  );
});

it('needs the package of the card’s driver', async () => {
  const host = await withDpdk();
  await does(host, 'apt-get remove librte-net-e1000-25', 'systemctl restart openvswitch-switch');
  expect(await said(host, 'ovs-vsctl get Interface p0 error')).toContain('Error attaching device');
});

it('switches to the other port of a bond when a cable is pulled', async () => {
  const host = await withDpdk();
  const active = async () =>
    /active member mac: \S+\((.*)\)/.exec(await said(host, 'ovs-appctl bond/show'))?.[1];
  expect(await active()).toBe('p0');
  unplug(host.state, 'port0');
  expect(await active()).toBe('p1');
  plug(host.state, 'port0');
  expect(await active()).toBe('p1');
});

it('holds its functions until the daemon ends: vfio-pci cannot be unbound before', async () => {
  const host = await withDpdk();
  const unbind = () => host.writeFile(`${sys}/drivers/vfio-pci/unbind`, '0000:01:00.0');
  await does(host, 'ovs-vsctl del-br br0');
  expect(await refusal(unbind())).toMatchObject({ kind: 'timeout' });
  await does(host, 'update-alternatives --auto ovs-vswitchd', 'systemctl restart openvswitch-switch');
  await unbind();
  expect((await host.listDir(`${sys}/drivers/vfio-pci`)).includes('0000:01:00.0')).toBe(false);
});
