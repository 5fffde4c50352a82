import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../src/lab/run.ts';
import { type LabHost, labHost, says } from './support/lab-host.ts';

/** What a newcomer does with a real Debian 13 host, first as installed, then with VFs set up by hand. */
let lab: LabHost;

beforeAll(async () => {
  lab = await labHost();
});
afterAll(() => lab?.down());

/** VLAN 40 on the second VF of each port, both held by a lasting process: the log's approach 1, without its VM. */
const byHand = `set -e; d=/sys/bus/pci/devices
for p in 0 1; do
  echo 2 >$d/0000:01:00.$p/sriov_numvfs
  ip link set enp1s0f$p up; ip link set enp1s0f$p mtu 9080; ip link set enp1s0f$p vf 1 vlan 40
done
modprobe vfio-pci
for v in 0000:01:10.2 0000:01:10.3; do
  [ ! -e $d/$v/driver ] || echo $v >$d/$v/driver/unbind
  echo vfio-pci >$d/$v/driver_override; echo $v >/sys/bus/pci/drivers_probe
done
group() { basename "$(readlink $d/$1/iommu_group)"; }
open="open my \\$a, q(+<), q(/dev/vfio/$(group 0000:01:10.2)) or die; open my \\$b, q(+<), q(/dev/vfio/$(group 0000:01:10.3)) or die; sleep"
setsid perl -e "$open" >/dev/null 2>&1 </dev/null &
sleep 1; pgrep -x perl`;

interface Finding {
  readonly code: string;
  readonly severity: string;
}

async function doctor(): Promise<{
  readonly complete: boolean;
  readonly unseen: unknown;
  readonly codes: readonly string[];
}> {
  const { stdout, stderr } = await lab.vflane('doctor', 'lab:alpha', '--json');
  const { hosts } = JSON.parse(stdout || stderr) as {
    readonly hosts: readonly {
      readonly complete: boolean;
      readonly unseen: unknown;
      readonly findings: readonly Finding[];
    }[];
  };
  const [{ complete, unseen, findings } = { complete: false, unseen: 'no host', findings: [] }] = hosts;
  return {
    complete,
    unseen,
    codes: findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code),
  };
}

const settings = () =>
  lab.ssh(
    'ip -j link show enp1s0f0; ip -j link show enp1s0f1; grep -H . /sys/bus/pci/devices/0000:01:*/driver_override; pgrep -ax perl',
  );

describe('a host as installed', () => {
  it('can be looked at completely, and nothing is wrong with it', async () => {
    expect(await doctor()).toMatchObject({ complete: true, unseen: [] });
    const { code, stdout } = await lab.vflane('show', 'lab:alpha');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/0000:01:00\.0 enp1s0f0 \(igb\): .*0 of 7 VFs/);
  });

  it('gets a first file that is valid, and whose plan is not refused', async () => {
    expect(await lab.vflane('init', 'alpha=lab:alpha', '-o', 'init.yaml')).toMatchObject({ code: 0 });
    expect(readFileSync(join(lab.folder, 'init.yaml'), 'utf8')).toContain('nic: "0000:01:00"');
    expect(await lab.vflane('-f', 'init.yaml', 'validate')).toMatchObject({ code: 0 });
    expect(await lab.vflane('-f', 'init.yaml', 'plan')).toMatchObject({ code: 2 });
  });
});

describe('a host that was set up by hand', () => {
  it('is imported as a file whose plan is empty, and adopted without a change', async () => {
    await lab.ssh(byHand);
    const before = await settings();
    const imported = await lab.vflane('import', 'alpha=lab:alpha', '-o', 'fabric.yaml');
    expect(imported).toMatchObject({ code: 0 });
    const text = readFileSync(join(lab.folder, 'fabric.yaml'), 'utf8');
    expect(text).toMatch(
      /# held by perl \(pid \d+\)\n {6}vm1:\n {8}external: true\n.*\n {10}vlan40: \{ address: none, vf: 1/,
    );
    expect(await lab.vflane('plan')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('nothing to do'),
    });
    expect(await lab.vflane('import', '--adopt', '--yes')).toMatchObject({ code: 0 });
    expect(await lab.vflane('verify')).toMatchObject({ code: 0 });
    expect(await settings()).toBe(before);
  });

  it('says when it drifts, within a second or two on an emulated processor, and when it is back', async () => {
    const watch = lab.start('watch', '--for', '60s');
    await says(watch, /as the file wants it/);
    const began = Date.now();
    await lab.ssh('ip link set enp1s0f0 vf 1 vlan 41');
    await says(watch, /vf-vlan 0000:01:00\.0\/1 is 41, wanted 40/);
    expect(Date.now() - began).toBeLessThan(10_000);
    await lab.ssh('ip link set enp1s0f0 vf 1 vlan 40');
    await says(watch, /as the file wants it\n[\s\S]*as the file wants it\n[\s\S]*as the file wants it/);
    watch.kill('SIGINT');
    expect(await watch.ended).toMatchObject({ code: 0 });
  });

  it('shows who has the VF open, and what is unsafe about it', async () => {
    expect((await lab.vflane('show', 'alpha')).stdout).toMatch(/VF {3}1 .*VLAN 40.*open in perl \(pid \d+\)/);
    expect(await doctor()).toMatchObject({ complete: true });
  });

  it('can also be looked at without root, and what that hides is said', async () => {
    const config = join(lab.folder, '.vflane/lab/ssh_config');
    const whole = join(lab.folder, 'tool/dist/vflane.cjs');
    const copied = await run(['scp', '-F', config, whole, 'alpha:/tmp/vflane.cjs'], { timeoutMs: 60_000 });
    expect(copied).toMatchObject({ code: 0 });
    await lab.ssh('id joe >/dev/null 2>&1 || useradd -m joe; chmod 0755 /tmp/vflane.cjs');
    const asked = await lab.trySsh(
      'su joe -c "cd; node /tmp/vflane.cjs doctor local; echo rc \\$?; node /tmp/vflane.cjs show local"',
    );
    expect(asked.stdout).toMatch(/error VF2006 vflane is not root there/);
    expect(asked.stdout).toMatch(/not seen who has which VF open: /);
    expect(asked.stdout).toMatch(/^rc 4$/m);
    expect(asked.stdout + asked.stderr).not.toMatch(/^ {4}at /m);
  });

  it('in lockdown says so', async () => {
    await lab.ssh('echo integrity >/sys/kernel/security/lockdown');
    expect((await lab.vflane('show', 'lab:alpha')).stdout).toContain('lockdown integrity');
  });
});
