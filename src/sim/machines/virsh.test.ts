import { expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import { defaultPackages } from '../packages.ts';
import type { SimHost } from '../sim-host.ts';
import { does, driverOf, makeVfs, refusal, tell } from '../testing/tell.ts';

const vf = '0000:03:00.2';
const system = 'virsh --connect=qemu:///system';

const xml = (managed: string, name = 'vm1') => `<domain type="kvm">
  <name>${name}</name>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <!-- the VF -->
    <hostdev mode='subsystem' type='pci' managed='${managed}'>
      <source><address domain='0x0000' bus='0x03' slot='0x00' function='0x2'/></source>
    </hostdev>
  </devices>
</domain>
`;

async function withLibvirt(managed = 'yes'): Promise<SimHost> {
  const packages = [...defaultPackages, 'libvirt-clients', 'libvirt-daemon-system'];
  const host = memorySim({ packages });
  await makeVfs(host, 2);
  await host.writeFile('/root/vm1.xml', xml(managed));
  await host.writeFile('/root/vm2.xml', xml(managed, 'vm2'));
  return host;
}

it('is a missing program if not installed, and says what does not answer if its daemon is stopped', async () => {
  expect(await refusal(memorySim().run(['virsh', 'list']))).toMatchObject({ kind: 'missing' });
  const host = await withLibvirt();
  await does(host, 'systemctl stop libvirtd');
  expect((await tell(host, `${system} list`)).stderr).toBe(
    "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory\n",
  );
});

it('a domain is defined, started, shut down and undefined, in virsh’s own words', async () => {
  const host = await withLibvirt();
  const say = async (line: string) => (await tell(host, `${system} ${line}`)).stdout;
  const no = async (line: string) => (await tell(host, `${system} ${line}`)).stderr;
  expect(await say('define /root/vm1.xml')).toBe("Domain 'vm1' defined from /root/vm1.xml\n\n");
  expect(await say('list --all --name')).toBe('vm1\n\n');
  expect(await say('domstate vm1')).toBe('shut off\n\n');
  expect(await say('dumpxml --inactive vm1')).toMatch(
    /^<domain type='kvm'>\n {2}<name>vm1<\/name>\n {2}<uuid>[0-9a-f-]{36}<\/uuid>\n {2}<memory unit='KiB'>524288<\/memory>\n {2}<currentMemory/,
  );
  expect(await say('start vm1')).toBe("Domain 'vm1' started\n\n");
  expect(await no('start vm1')).toBe('error: Domain is already active\n\n');
  expect(await host.readFile('/run/libvirt/qemu/vm1.pid')).toMatch(/^\d+\n$/);
  expect(host.state.processes).toMatchObject([{ vfs: [vf] }]);
  expect(await say('shutdown vm1')).toBe("Domain 'vm1' is being shutdown\n\n");
  expect(await say('domstate vm1')).toBe('running\n\n');
  await host.clock.sleep(5_000);
  expect(await say('domstate vm1')).toBe('shut off\n\n');
  expect(await no('destroy vm1')).toBe(
    "error: Failed to destroy domain 'vm1'\nerror: Requested operation is not valid: domain is not running\n\n",
  );
  expect(await say('undefine vm1')).toBe("Domain 'vm1' has been undefined\n\n");
  expect(await no('domstate vm1')).toBe("error: failed to get domain 'vm1'\n\n");
});

it('a managed VF goes to VFIO and back, an unmanaged one must be there already, and two domains share none', async () => {
  const host = await withLibvirt();
  await does(host, `${system} define /root/vm1.xml`, `${system} define /root/vm2.xml`, `${system} start vm1`);
  expect(await driverOf(host, vf)).toBe('vfio-pci');
  expect((await tell(host, `${system} start vm2`)).stderr).toBe(
    `error: Failed to start domain 'vm2'\nerror: Requested operation is not valid: PCI device ${vf} is in use by driver QEMU, domain vm1\n\n`,
  );
  await does(host, `${system} destroy vm1`);
  expect(await driverOf(host, vf)).toBe('');
  const unmanaged = await withLibvirt('no');
  await does(unmanaged, `${system} define /root/vm1.xml`);
  expect((await tell(unmanaged, `${system} start vm1`)).stderr).toContain(
    `Unmanaged PCI device ${vf} must be manually detached from the host`,
  );
  expect(unmanaged.state.processes).toEqual([]);
});

it('a read-only connection changes nothing', async () => {
  const host = await withLibvirt();
  expect((await tell(host, `virsh -r -c qemu:///system define /root/vm1.xml`)).stderr).toBe(
    'error: Failed to define domain from /root/vm1.xml\nerror: operation forbidden: read only access prevents virDomainDefineXML\n\n',
  );
  expect(host.state.domains ?? {}).toEqual({});
});

it('a domain marked for autostart starts with the host', async () => {
  const host = await withLibvirt();
  await does(host, `${system} define /root/vm1.xml`, `${system} autostart vm1`);
  await host.reboot();
  expect(host.state.processes).toEqual([]);
  expect((await tell(host, `${system} domstate vm1`)).stdout).toBe('shut off\n\n');
  await makeVfs(host, 2);
  await does(host, 'systemctl restart libvirtd');
  expect((await tell(host, `${system} domstate vm1`)).stdout).toBe('running\n\n');
});

it('brings its daemon when installed', async () => {
  const host = memorySim();
  await does(host, 'apt-get install -y libvirt-daemon-system');
  expect((await tell(host, `${system} list --all --name`)).code).toBe(0);
  expect((await tell(host, 'systemctl is-enabled libvirtd')).stdout).toBe('enabled\n');
});

it('passes a command to the agent in a domain, or says in libvirt’s words why it cannot', async () => {
  const host = await withLibvirt();
  const channel = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>";
  await host.writeFile('/root/vm1.xml', xml('yes').replace('</devices>', `${channel}</devices>`));
  for (const name of ['vm1', 'vm2']) await does(host, `${system} define /root/${name}.xml`);
  const ask = async (name: string, line: string, uri = '--connect=qemu:///system') => {
    const argv = ['virsh', uri, 'qemu-agent-command', '--timeout', '3', name, line];
    return host.run(argv).then(
      ({ stdout }) => stdout,
      (error) => error.details.stderr,
    );
  };
  const ping = '{"execute":"guest-ping"}';
  expect(await ask('vm1', ping)).toBe('error: Requested operation is not valid: domain is not running\n\n');
  await does(host, `${system} start vm1`);
  expect(await ask('vm1', ping)).toBe(
    'error: Guest agent is not responding: QEMU guest agent is not connected\n\n',
  );
  await host.clock.sleep(5_000);
  expect(await ask('vm1', ping)).toBe('{"return":{}}\n');
  expect(await ask('vm1', '{"execute":"guest-set-time"}')).toBe(
    "error: internal error: unable to execute QEMU agent command 'guest-set-time': The command guest-set-time has not been found\n\n",
  );
  expect(await ask('vm1', ping, '-r')).toContain('read only access prevents virDomainQemuAgentCommand');
  await does(host, `${system} destroy vm1`);
  await does(host, `${system} start vm2`);
  await host.clock.sleep(5_000);
  expect(await ask('vm2', ping)).toBe('error: argument unsupported: QEMU guest agent is not configured\n\n');
});
