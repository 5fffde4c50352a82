import { describe, expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import type { SimHost } from '../sim-host.ts';
import { does, driverOf, makeVfs, refusal, tell, toVfio } from '../testing/tell.ts';
import { plug, unplug } from '../unplug.ts';
import { probesOf } from './probes.ts';
import { setGuestTraits } from './traits.ts';

const images = '/var/lib/vflane/images';
const base = `${images}/debian-13.qcow2`;
const vf = '0000:03:00.2';

/** A hand-written unit for a VM. */
const unit = (args: string) => `[Unit]
After=network.target
[Service]
Type=forking
RuntimeDirectory=vm/%i
PIDFile=/run/vm/%i/qemu.pid
ExecStart=/usr/bin/qemu-system-x86_64 -name guest=%i,debug-threads=on -m 2048 ${args} -qmp unix:/run/vm/%i/qmp.sock,server=on,wait=off -chardev socket,id=agent0,path=/run/vm/%i/agent.sock,server=on,wait=off -device virtio-serial-pci -device virtserialport,chardev=agent0,name=org.qemu.guest_agent.0 -pidfile /run/vm/%i/qemu.pid -daemonize
ExecStop=-/usr/bin/perl /opt/power-down $MAINPID
[Install]
WantedBy=multi-user.target
`;

async function withVm(args: string): Promise<SimHost> {
  const host = memorySim();
  await makeVfs(host, 2);
  await toVfio(host, vf);
  await host.writeFile('/opt/power-down', '# system_powerdown\n');
  await does(host, `qemu-img create -q -f qcow2 -F qcow2 -b ${base} ${images}/a.qcow2 8G`);
  await host.writeFile('/etc/systemd/system/vm@.service', unit(args));
  return host;
}

const disk = `-blockdev driver=qcow2,node-name=disk0,file.driver=file,file.filename=${images}/a.qcow2`;
const vfio = `-device vfio-pci,host=${vf}`;

describe('a VM as a unit', () => {
  it('holds its VF, its disk and its sockets, obeys the power button, and releases them all', async () => {
    const host = await withVm(`${disk} ${vfio}`);
    await does(host, 'systemctl start vm@a');
    const [process] = host.state.processes;
    expect(process).toMatchObject({ vfs: [vf], command: 'qemu-system-x86' });
    expect(await host.readFile('/run/vm/a/qemu.pid')).toBe(`${process?.pid}\n`);
    expect((await tell(host, 'systemctl show -p MainPID --value vm@a')).stdout).toBe(`${process?.pid}\n`);
    expect((await tell(host, `qemu-img info ${images}/a.qcow2`)).stderr).toBe(
      `qemu-img: Could not open '${images}/a.qcow2': Failed to get shared "write" lock\nIs another process using the image [${images}/a.qcow2]?\n`,
    );
    expect((await tell(host, `qemu-img info ${base}`)).code).toBe(0);
    const began = host.clock.now();
    await does(host, 'systemctl stop vm@a');
    expect(host.clock.now() - began).toBeGreaterThan(2_000);
    expect(host.state.processes).toEqual([]);
    expect((await refusal(host.readLink('/run/vm/a/qmp.sock'))).errno).toBe('ENOENT');
    expect((await tell(host, 'systemctl is-active vm@a')).stdout).toBe('inactive\n');
  });

  it('keeps a volume that was removed while in use, and another may be made in its place', async () => {
    const seed = `${images}/seed.img`;
    const args = `${disk} -blockdev driver=raw,node-name=seed0,read-only=on,file.driver=file,file.filename=${seed}`;
    const host = await withVm(args);
    const make = `qemu-img create -f raw ${seed} 1M`;
    await does(host, make, 'systemctl start vm@a');
    expect((await tell(host, make)).stderr).toContain('Failed to get "write" lock');
    await does(host, `rm -f ${seed}`, make, make, 'systemctl stop vm@a', 'systemctl start vm@a');
    expect((await tell(host, make)).code).toBe(1);
  });

  it('that ignores the power button is ended by systemd', async () => {
    const host = await withVm(disk);
    host.alter((state) => setGuestTraits(state, 'a', { ignoresPowerdown: true }));
    await does(host, 'systemctl start vm@a', 'systemctl stop vm@a');
    expect(host.state.processes).toEqual([]);
  });

  it('that is enabled starts with the host', async () => {
    const host = await withVm(disk);
    await does(host, 'systemctl enable vm@a');
    expect(await host.readLink('/etc/systemd/system/multi-user.target.wants/vm@a.service')).toBe(
      '/etc/systemd/system/vm@.service',
    );
    await host.reboot();
    expect(host.state.processes).toMatchObject([{ machine: { name: 'a' } }]);
    await does(host, 'systemctl disable vm@a');
    await host.reboot();
    expect(host.state.processes).toEqual([]);
  });

  it.each([
    [
      'a disk that is not there',
      '-drive file=/nosuch.qcow2,format=qcow2',
      "Could not open '/nosuch.qcow2': No such file or directory",
    ],
    [
      'a VF that is not there',
      '-device vfio-pci,host=0000:03:07.7',
      'no such host device: No such file or directory',
    ],
    [
      'a VF of the host',
      '-device vfio-pci,host=0000:03:00.3',
      'failed to open /dev/vfio/16: No such file or directory',
    ],
    ['a PF', '-device vfio-pci,host=0000:03:00.0', 'failed to open /dev/vfio/13: No such file or directory'],
    ['more memory than there is', '-m 900000', "cannot set up guest memory 'pc.ram': Cannot allocate memory"],
    [
      'hugepages that are not there',
      '-object memory-backend-memfd,id=ram0,size=2048M,hugetlb=on -machine memory-backend=ram0',
      'unable to map backing store for guest RAM: Cannot allocate memory',
    ],
  ])('fails for %s, and nothing of it is left', async (_what, args, why) => {
    const host = await withVm(args);
    const told = await tell(host, 'systemctl start vm@a');
    expect(told).toMatchObject({ code: 1 });
    expect(told.stderr).toContain('Job for vm@a.service failed because the control process exited');
    expect((await tell(host, 'journalctl -u vm@a -b -o cat')).stdout).toContain(why);
    expect(host.state.processes).toEqual([]);
    expect((await refusal(host.readFile('/run/vm/a/qemu.pid'))).errno).toBe('ENOENT');
  });

  it('has each VF probed by one driver and one guest', async () => {
    const host = await withVm(vfio);
    await does(host, 'systemctl start vm@a');
    expect(probesOf(host.state, vf)).toEqual(['vfio-pci', 'guest']);
  });

  it('gets no VF that another VM has', async () => {
    const host = await withVm(vfio);
    await does(host, 'systemctl start vm@a');
    expect((await tell(host, 'systemctl start vm@b')).code).toBe(1);
    expect((await tell(host, 'journalctl -u vm@b -o cat')).stdout).toContain('Device or resource busy');
  });
});

describe('functions beside the card', () => {
  async function withGpu(): Promise<SimHost> {
    const host = memorySim();
    host.alter((state) => plug(state, 'gpu'));
    await toVfio(host, '0000:42:00.0');
    await host.writeFile('/sys/bus/pci/devices/0000:42:00.0/driver/unbind', '0000:42:00.0');
    await toVfio(host, '0000:42:00.0');
    return host;
  }
  const start = 'qemu-system-x86_64 -m 512 -device vfio-pci,host=0000:42:00.0';

  it('come with their whole group or not at all', async () => {
    const host = await withGpu();
    expect(await driverOf(host, '0000:42:00.0')).toBe('vfio-pci');
    expect(await host.listDir('/sys/kernel/iommu_groups/42/devices')).toEqual([
      '0000:42:00.0',
      '0000:42:00.1',
    ]);
    expect(await tell(host, start)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'qemu-system-x86_64: -device vfio-pci,host=0000:42:00.0: vfio 0000:42:00.0: group 42 is not viable\nPlease ensure all devices within the iommu_group are bound to their vfio bus driver.\n',
    });
    await host.writeFile('/sys/bus/pci/devices/0000:42:00.1/driver/unbind', '0000:42:00.1');
    await does(host, start);
    expect(await host.openFiles('/dev/vfio')).toContainEqual(
      expect.objectContaining({ path: '/dev/vfio/42' }),
    );
    host.alter((state) => unplug(state, 'gpu'));
    expect(await host.listDir('/sys/bus/pci/devices')).not.toContain('0000:42:00.0');
  });
});

describe('sockets', () => {
  it('QMP wants its capabilities first', async () => {
    const host = await withVm(disk);
    await does(host, 'systemctl start vm@a');
    const answers = await host.converse('/run/vm/a/qmp.sock', [
      '{"execute":"query-status"}',
      '{"execute":"qmp_capabilities"}',
      '{"execute":"query-status"}',
      'junk',
    ]);
    expect(answers[0]).toContain('"QMP"');
    expect(answers.slice(1)).toEqual([
      `{"error":{"class":"CommandNotFound","desc":"Expecting capabilities negotiation with 'qmp_capabilities'"}}`,
      '{"return":{}}',
      '{"return":{"status":"running","running":true}}',
      `{"error":{"class":"GenericError","desc":"JSON parse error, invalid keyword 'junk'"}}`,
    ]);
    await host.converse('/run/vm/a/qmp.sock', ['{"execute":"qmp_capabilities"}', '{"execute":"quit"}']);
    expect((await tell(host, 'systemctl is-active vm@a')).stdout).toBe('inactive\n');
  });

  it('the agent shows what the guest did with its seed', async () => {
    const seed = `${images}/seed`;
    const host = await withVm(
      `${vfio} -blockdev driver=raw,node-name=seed0,read-only=on,file.driver=file,file.filename=${images}/seed.img`,
    );
    await does(host, `ip link set enp3s0f0np0 vf 0 mac 02:00:00:00:00:01`, `mkdir -p ${seed}`);
    await host.writeFile(
      `${seed}/network-config`,
      'version: 2\nethernets: {a: {match: {macaddress: "02:00:00:00:00:01"}}}\nbonds: {bond0: {interfaces: [a], addresses: [192.168.10.2/24]}}\n',
    );
    await host.run([
      'qemu-img',
      'convert',
      '-O',
      'raw',
      `json:{"driver":"vvfat","dir":"${seed}","label":"CIDATA","floppy":true}`,
      `${images}/seed.img`,
    ]);
    await does(host, 'systemctl start vm@a');
    const agent = () =>
      host.converse('/run/vm/a/agent.sock', ['{"execute":"guest-network-get-interfaces"}'], 1000);
    expect(await refusal(agent())).toMatchObject({ kind: 'timeout' });
    await host.clock.sleep(5_000);
    const [line = ''] = await agent();
    expect(JSON.parse(line).return).toContainEqual({
      name: 'bond0',
      'hardware-address': '02:00:00:00:00:01',
      'ip-addresses': [{ 'ip-address-type': 'ipv4', 'ip-address': '192.168.10.2', prefix: 24 }],
    });
    host.alter((state) => setGuestTraits(state, 'a', { hasNoAgent: true }));
    expect(await refusal(agent())).toMatchObject({ kind: 'timeout' });
    expect(await refusal(host.converse('/run/none', []))).toMatchObject({ errno: 'ENOENT' });
  });
});

describe('QEMU as another user', () => {
  const argv = '-name guest=a -m 64 -sandbox on,spawn=deny';
  const run = (kernel: 'debian-12' | 'debian-13', words: string) =>
    tell(memorySim({ kernel }), `/usr/bin/qemu-system-x86_64 ${argv} ${words}`);

  it.each([
    ['debian-12', '-runas 4242:4242', '-run-with user=4242:4242'],
    ['debian-13', '-run-with user=4242:4242', '-runas 4242:4242'],
  ] as const)('on %s by %s and not by %s', async (kernel, known, unknown) => {
    expect((await run(kernel, unknown)).stderr).toContain('invalid option');
    expect((await run(kernel, known.replaceAll('4242', 'db'))).stderr).toContain("User doesn't exist");
    expect((await run(kernel, `${known} -sandbox on,elevateprivileges=deny`)).code).toBe(159);
    expect((await run(kernel, known)).code).toBe(0);
  });
});
