import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { setGuestTraits } from '../sim/machines/traits.ts';
import { openSim, simOptions } from '../sim/open-sim.ts';
import type { SimHost } from '../sim/sim-host.ts';
import { endOf } from './ending.ts';
import { runProgram } from './program.ts';
import { simExec } from './sim.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-vm-'));
afterAll(() => rmSync(folder, { recursive: true }));

const guestFolder = '/var/lib/vflane/guests/db';
const base = 'cpus: 2, memory: 2G, disk: debian-13.qcow2';

/** A simulated host with one VM, by the command line. */
class Bench {
  readonly #env = { VFLANE_STATE_DIR: mkdtempSync(join(folder, 'state-')) };

  /** @param vm what stands behind `vm:`, besides its size and image */
  file(vm: string): void {
    const lines = [
      'name: rack7',
      'networks:',
      '  storage: { id: 42, subnet: 192.168.10.0/24 }',
      'hosts:',
      '  alpha:',
      '    connect: sim:connectx5/debian-13',
      '    datapath: legacy-vlan',
      '    nic: "0000:03:00"',
      '    guests:',
      `      db: { vm: { ${base}${vm} }, networks: { storage: 192.168.10.2/24 } }`,
    ];
    writeFileSync(join(folder, 'fabric.yaml'), `${lines.join('\n')}\n`);
  }

  async run(line: string): Promise<{ readonly code: number; readonly text: string }> {
    let text = '';
    const write = (some: string) => {
      text += some;
    };
    const around = { env: this.#env, cwd: folder, stdout: { write }, stderr: { write } };
    const code = await runProgram(line.split(' '), around).catch((error: unknown) => {
      const end = endOf(error, false);
      text += end.text;
      return end.code;
    });
    return { code, text };
  }

  async says(code: number, line: string): Promise<string> {
    const ended = await this.run(line);
    expect(ended.code, `${line}: ${ended.text}`).toBe(code);
    return ended.text;
  }

  host(): SimHost {
    const made = simOptions('alpha', { card: 'connectx5', kernel: 'debian-13', numOfVfs: 16 });
    if ('wrong' in made) throw new Error(made.wrong);
    return openSim({ stateFile: join(this.#env.VFLANE_STATE_DIR, 'sim/alpha.json'), ...made });
  }

  /** What a command on the host prints. */
  async on(command: string): Promise<string> {
    const { code, stdout, stderr } = await simExec(this.host(), command.split(' '));
    expect(code, `${command}: ${stderr}`).toBe(0);
    return stdout;
  }
}

async function withVm(vm: string): Promise<Bench> {
  const bench = new Bench();
  await bench.on('apt-get -y install ovmf');
  bench.file(vm);
  await bench.says(0, 'apply --yes');
  return bench;
}

const sizeOf = async (bench: Bench) =>
  JSON.parse(await bench.on(`qemu-img info -U --output=json ${guestFolder}/disk.qcow2`))['virtual-size'] /
  2 ** 30;

describe('a VM’s disk', () => {
  test('is as large as the file says, and becomes larger when its guest is off', async () => {
    const bench = await withVm(', disk-size: 10G');
    expect(await sizeOf(bench)).toBe(10);
    bench.file(', disk-size: 40G');
    expect(await bench.says(0, 'plan')).toMatch(/nothing to do[\s\S]*VF2087 .*10240 MiB, but 40960 MiB/);
    await bench.says(0, 'vm stop db --yes');
    expect(await bench.says(2, 'plan')).toContain(`qemu-img resize -q -f qcow2 ${guestFolder}/disk.qcow2`);
    await bench.says(0, 'apply --yes');
    expect(await sizeOf(bench)).toBe(40);
    expect(await bench.says(0, 'vm list')).toContain('db running');
  });

  test('is never made smaller', async () => {
    const bench = await withVm(', disk-size: 10G');
    bench.file(', disk-size: 5G');
    await bench.says(0, 'vm stop db --yes');
    expect(await bench.says(0, 'apply --yes')).toContain('VF2087');
    expect(await sizeOf(bench)).toBe(10);
  });
});

test('with UEFI a VM has variables of its own, and keeps what the guest has written there', async () => {
  const bench = await withVm(', firmware: uefi');
  const variables = `${guestFolder}/firmware-variables.fd`;
  await bench.on(`ls ${variables}`);
  expect(await bench.on('systemctl show --property=ExecStart vflane-guest@db')).toContain(variables);
  await bench.says(0, 'vm stop db --yes');
  await bench.on(`qemu-img create -q -f raw ${variables} 1M`);
  bench.file(', firmware: uefi, hugepages: true');
  await bench.says(0, 'apply --yes');
  expect(JSON.parse(await bench.on(`qemu-img info -U --output=json ${variables}`))['virtual-size']).toBe(
    2 ** 20,
  );
});

test('a VM that becomes one of UEFI is given its variables then', async () => {
  const bench = await withVm('');
  bench.file(', firmware: uefi');
  await bench.says(0, 'apply --yes --allow-disruption');
  expect(await bench.says(0, 'vm list')).toContain('db running');
});

test('a VM that runs goes on while its seed is written anew, and is told to read it', async () => {
  const bench = await withVm('');
  bench.file(', cloud-init: { ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me"] }');
  expect(await bench.says(0, 'apply --yes')).not.toContain('interrupts');
  expect(await bench.says(0, 'verify')).toContain('alpha: verified');
  expect(await bench.says(0, 'vm list')).toContain('db running');
});

test('what cloud-init is given is shown nowhere, and is in the file that apply takes', async () => {
  const bench = new Bench();
  bench.file(', cloud-init: { user-data: /root/db.yaml }');
  await bench.host().writeFile('/root/db.yaml', '#cloud-config\npassword: hunter2\n');
  const plan = await bench.says(2, 'plan --full');
  expect(plan).toMatch(/cat > \S+\/seed\/user-data\n +\(2 lines, not shown\)/);
  const printed = await bench.says(2, 'plan --json');
  const verified = await bench.says(2, 'verify --json');
  for (const text of [plan, printed, verified, await bench.says(2, 'verify')])
    expect(text).not.toContain('hunter2');
  expect(verified).toMatch(/"user-data": ?"sha256:/);
  writeFileSync(join(folder, 'printed.json'), printed);
  expect(await bench.says(64, 'apply printed.json --yes')).toContain('was printed');
  await bench.says(2, 'plan -o written.json');
  expect(readFileSync(join(folder, 'written.json'), 'utf8')).toContain('hunter2');
  expect(await bench.says(0, 'apply written.json --yes')).not.toContain('hunter2');
  expect(await bench.on(`cat ${guestFolder}/seed/user-data`)).toContain('hunter2');
  for (const verb of ['status', 'show', 'history', 'doctor', 'vm status db'])
    expect(await bench.says(0, `${verb} --json`), verb).not.toContain('hunter2');
});

test('a host that restarts has its VM again, and one that is left has none', async () => {
  const bench = await withVm('');
  expect(await bench.says(0, 'plan')).toContain('VF2086');
  await bench.says(0, 'enable --yes');
  expect(await bench.says(0, 'plan')).not.toContain('VF2086');
  await bench.says(0, 'sim reboot alpha');
  expect(await bench.says(0, 'verify')).toContain('alpha: verified');
  expect(await bench.on('systemctl show --property=ActiveState --value vflane-guest@db')).toBe('active\n');
  await bench.says(0, 'destroy --yes');
  expect(await bench.on('systemctl show --property=ActiveState --value vflane-guest@db')).toBe('inactive\n');
});

test('a VM of libvirt starts with the host by libvirt, and its folder can be passed', async () => {
  const bench = new Bench();
  bench.file(', manager: libvirt');
  await bench.on('apt-get -y install libvirt-daemon-system libvirt-clients');
  const told = await bench.says(0, 'apply --yes');
  expect(told).toContain(`install -d --mode=0711 /var/lib/vflane /var/lib/vflane/guests ${guestFolder}`);
  expect(await bench.on('virsh dominfo db')).toMatch(/State: +running[\s\S]*Autostart: +enable/);
  bench.file(', manager: libvirt, autostart: false');
  await bench.says(0, 'apply --yes');
  expect(await bench.on('virsh dominfo db')).toMatch(/State: +running[\s\S]*Autostart: +disable/);
  await bench.says(0, 'destroy --yes');
  expect((await bench.on('virsh list --all --name')).trim()).toBe('');
});

test('a VM of libvirt that does not hear its power button is switched off after its time, and it is said', async () => {
  const bench = new Bench();
  bench.file(', manager: libvirt');
  await bench.on('apt-get -y install libvirt-daemon-system libvirt-clients');
  await bench.says(0, 'apply --yes');
  bench.host().alter((state) => setGuestTraits(state, 'db', { ignoresPowerdown: true }));
  await bench.says(0, 'vm stop db --yes');
  expect(await bench.on('virsh domstate --reason db')).toContain('shut off (destroyed)');
  expect(await bench.says(2, 'plan')).toMatch(/VF2080 .*db failed in its last run: it was switched off/);
  await bench.says(0, 'vm start db');
  expect(await bench.says(0, 'plan')).not.toContain('VF2080');
  bench.host().alter((state) => setGuestTraits(state, 'db', { ignoresPowerdown: true }));
  await bench.says(0, 'destroy --yes');
  expect((await bench.on('virsh list --all --name')).trim()).toBe('');
});
