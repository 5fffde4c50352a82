import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll } from '../src/lab/wait.ts';
import type { IsolationResult } from '../src/measure/isolation-result.ts';
import type { BenchRun } from '../src/measure/run-record.ts';
import { imageName } from './support/guest-image.ts';
import { cardHost, labFabric, storage } from './support/lab-fabric.ts';
import { GuestLab, lastOf, timed, web } from './support/lab-guest.ts';
import { type LabHost, labHost } from './support/lab-host.ts';
import { installLibvirt } from './support/lab-libvirt.ts';

/** A VM that libvirt runs: real libvirtd, the user that it runs QEMU as, a VF of each port, and a bootable disk. */
const vm = `{ vm: { cpus: 1, memory: 256M, disk: ${imageName}, manager: libvirt, cloud-init: { user-data: secret.yaml } }, networks: { storage: 192.168.10.2/24 } }`;
const fabric = labFabric({ storage: storage({ mtu: 9000 }) }, { alpha: cardHost(4, { vm1: vm, ...web }) });
const folder = '/var/lib/vflane/guests/vm1';
const disk = `${folder}/disk.qcow2`;
const secret = '/var/lib/vflane/secret';
const bootS = 300;

let lab: LabHost;
let guests: GuestLab;

const virsh = (words: string) => lab.ssh(`virsh --connect=qemu:///system ${words}`);
const info = async () =>
  Object.fromEntries((await virsh('dominfo vm1')).split('\n').map((line) => line.split(/: */)));
/** A line for its shell, through its serial console. QEMU checks once a second whether that is open (chardev/char-pty.c). */
const typed = (line: string) =>
  lab.ssh(
    `{ sleep 3; echo '${line}'; sleep 3; } >"$(virsh --connect=qemu:///system ttyconsole vm1)" </dev/null`,
  );
/** Whether its bond and its address are up, as in its seed. */
const answers = () =>
  timed(
    'vm1 up',
    lab.trySsh(
      `for n in $(seq ${bootS}); do ip netns exec web ping -c 1 -W 1 -s 8972 192.168.10.2 && exit 0; sleep 1; done; exit 1`,
      2 * bootS * 1000,
    ),
  );

beforeAll(async () => {
  lab = await timed('the host up', labHost(1, ['--memory', '2G']));
  guests = new GuestLab(lab);
  await guests.prepare(['alpha']);
  await timed('libvirt on alpha', installLibvirt(lab));
  // libvirt asks QEMU for its capabilities once, and keeps them.
  await timed(
    'libvirt has asked QEMU',
    virsh('domcapabilities --virttype kvm >/dev/null || { journalctl --no-pager -u libvirtd -n 50; false; }'),
  );
  await lab.ssh("printf '#cloud-config\\npassword: hunter2\\n' >/var/lib/vflane/images/secret.yaml");
}, 1_800_000);
afterAll(() => lab?.down());

describe('a VM of libvirt', () => {
  it('is defined, started, and started with its host', async () => {
    lab.fabric(fabric);
    const told = await guests.vflane(0, 'apply', '--yes');
    expect(told).toContain('alpha: applied and verified');
    expect(told).not.toContain('hunter2');
    expect(await info()).toMatchObject({ State: 'running', Autostart: 'enable', Persistent: 'yes' });
    expect(await answers()).toMatchObject({ code: 0 });
  });

  it('runs as the user of libvirt, who passes what only he needs to pass', async () => {
    const user = await lab.ssh('ps -o user= -p "$(cat /run/libvirt/qemu/vm1.pid)"');
    expect(user).toMatch(/^libvirt/);
    const modes = await lab.ssh(
      `stat -c '%a %n' /var/lib/vflane ${folder} ${folder}/disk.qcow2 ${folder}/seed.img ${folder}/seed`,
    );
    expect(modes.split('\n').map((line) => line.split(' ')[0])).toEqual(['711', '711', '600', '600', '700']);
    const others = (file: string) =>
      lab.trySsh(`setpriv --reuid=65534 --regid=65534 --clear-groups head -c 1 ${file}`);
    for (const file of ['disk.qcow2', 'seed.img', 'seed/user-data'])
      expect(await others(`${folder}/${file}`), file).toMatchObject({ code: 1 });
  });

  it('is queried and measured from through its agent, by way of libvirt', async () => {
    const silent = await guests.vflane(4, 'bench', '--from', 'vm1', '--to', 'web');
    expect(silent).toMatch(/VF6003.*vm1: no guest agent answers in it/);
    // This image's agent starts on a command at its console.
    await typed('agent');
    const heard = await poll(120_000, 1_000, async () => {
      const ping = `qemu-agent-command vm1 '{"execute":"guest-ping"}'`;
      return (await lab.trySsh(`virsh --connect=qemu:///system ${ping}`)).stdout.includes('"return":{}');
    });
    expect(heard).toBe(true);
    const words = ['--suite', 'seed', '--runs', '1', '--seconds', '2', '--only', '1500/2'];
    const said = await guests.vflane(0, 'bench', '--from', 'vm1', '--to', 'web', ...words, '--json');
    const { run } = lastOf<{ run: BenchRun }>(said);
    expect(run).toMatchObject({
      state: 'complete',
      ends: [{ name: 'vm1/storage' }, { name: 'web/storage' }],
    });
    for (const { flows = [] } of run.turns)
      for (const { bitsPerSecond } of flows) expect(bitsPerSecond).toBeGreaterThan(1e5);
  });

  it('attacks and is attacked, and reports what arrived', async () => {
    const said = lastOf<IsolationResult>(await guests.vflane(9, 'test', 'isolation', '--json'));
    expect(said).toMatchObject({ provesNothing: [], guests: expect.arrayContaining(['vm1/storage']) });
    const leaks = said.cells.filter(({ verdict }) => verdict === 'leaked');
    expect(leaks).toMatchObject([{ attack: 'forged MAC', expected: expect.stringContaining('igb') }]);
    expect(leaks[0]?.arrived).toContain('vm1/storage → web/storage');
  });

  it('is verified, and stopped by its own button', async () => {
    expect(await guests.vflane(0, 'verify')).toContain('alpha: verified');
    await guests.vflane(0, 'vm', 'stop', 'vm1', '--yes');
    expect(await info()).toMatchObject({ State: 'shut off' });
    expect(await guests.vflane(0, 'vm', 'list')).toContain('vm1 stopped (libvirt');
  });

  it('gets no file of the host’s, whatever who broke out of its QEMU wrote into its disk', async () => {
    await lab.ssh(
      `install --mode=0600 /dev/null ${secret}; truncate -s 64M ${secret}; cp ${disk} ${disk}.own`,
    );
    await lab.ssh(`qemu-img rebase -u -f qcow2 -F raw -b ${secret} ${disk}`);
    expect(await guests.vflane(2, 'verify')).toMatch(/VF2073.*is based on \/var\/lib\/vflane\/secret/);
    await virsh('start vm1');
    const open = await lab.ssh('readlink /proc/"$(cat /run/libvirt/qemu/vm1.pid)"/fd/*');
    expect(open).toContain(`/images/${imageName}`);
    expect(open).not.toContain(secret);
    await virsh('destroy vm1');
    const elsewhere = `-o data_file=${secret.replace('secret', 'sekret')} ${disk}`;
    await lab.ssh(`cd /var/lib/vflane; rm ${disk}; qemu-img create -q -f qcow2 ${elsewhere} 64M; rm sekret`);
    await lab.ssh(`sed -i s/sekret/secret/ ${disk}`);
    const refused = await lab.trySsh('virsh --connect=qemu:///system start vm1 2>&1');
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('Permission denied') });
    expect(await lab.ssh(`stat -c %U ${secret}`)).toBe('root');
    await lab.ssh(`mv ${disk}.own ${disk}`);
  });

  it('is started', async () => {
    await guests.vflane(0, 'vm', 'start', 'vm1');
    expect(await answers()).toMatchObject({ code: 0 });
  });

  it('that ignores its button is switched off after its timeout, which is reported until the next start', async () => {
    await typed('kill "$(cat /var/run/acpid.pid)"');
    await guests.vflane(0, 'vm', 'stop', 'vm1', '--yes');
    expect(await virsh('domstate --reason vm1')).toBe('shut off (destroyed)');
    expect(await guests.vflane(2, 'plan')).toMatch(
      /VF2080 .*vm1 failed in its last run: it was switched off/,
    );
    await guests.vflane(0, 'vm', 'start', 'vm1');
  });

  it('goes even while it still boots and ignores its button; and its disk stays', async () => {
    await guests.vflane(0, 'destroy', '--yes', '--allow-disruption');
    expect(await virsh('list --all --name')).toBe('');
    await lab.ssh(
      `[ -e ${folder}/disk.qcow2 ] && [ ! -e ${folder}/seed.img ] && [ ! -e ${folder}/domain.xml ]`,
    );
  });
});
