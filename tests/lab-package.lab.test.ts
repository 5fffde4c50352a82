import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../src/lab/run.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** The package on a real Debian 13: installed, used, removed while the network stays, purged; each test in turn. */
let lab: LabHost;
const root = resolve(import.meta.dirname, '..');

const fabric = `name: lab
networks:
  storage: { id: 42, subnet: 192.168.10.0/24 }
hosts:
  alpha:
    connect: local
    datapath: legacy-vlan
    nic: "0000:01:00"
    vfs: 2
    guests:
      web: { netns: true, networks: { storage: 192.168.10.2/24 } }
`;

beforeAll(async () => {
  lab = await labHost();
  const built = spawnSync('node', [join(root, 'packaging/deb.mjs'), lab.folder], { encoding: 'utf8' });
  expect(built).toMatchObject({ status: 0 });
  const config = join(lab.folder, '.vflane/lab/ssh_config');
  const argv = ['scp', '-F', config, built.stdout.trim(), 'alpha:/root/vflane.deb'];
  expect(await run(argv, { timeoutMs: 60_000 })).toMatchObject({ code: 0 });
  await lab.ssh(`mkdir -p /etc/vflane && cat > /etc/vflane/fabric.yaml <<'END'\n${fabric}END`);
});

afterAll(() => lab?.down());

const install = 'dpkg -i /root/vflane.deb';
const network = 'ip -n web -br addr show storage; cat /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs';
/** systemctl fails if there is none. */
const units = "systemctl list-unit-files 'vflane*' --no-legend || true";

describe('the package on a host', () => {
  it('installs on a standard Debian 13, and starts nothing', async () => {
    await lab.ssh(install);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(await lab.ssh('vflane --version')).toBe(version);
    expect(await lab.ssh('ls /var/cache/vflane | wc -l')).toBe('1');
    expect(await lab.ssh(units)).toBe('');
  });

  it('brings its own host to its file, and back to it at a boot once enabled', async () => {
    expect(await lab.trySsh('vflane enable --yes', 180_000)).toMatchObject({ code: 0 });
    expect(await lab.ssh(network)).toMatch(/192\.168\.10\.2\/24.*\n2$/s);
    expect(await lab.ssh(units)).toMatch(/^vflane-boot\.service +enabled/);
    const said = await lab.trySsh('systemd-analyze verify --man=no vflane-boot.service 2>&1');
    expect(said).toMatchObject({ code: 0, stdout: '' });
    expect(await lab.trySsh('systemctl start vflane-boot.service')).toMatchObject({ code: 0 });
    expect(await lab.ssh('cat /var/lib/vflane/boot/report.json')).toMatch(/"outcome": "as-asked"/);
    const log = await lab.ssh('journalctl -u vflane-boot --no-pager');
    expect(log).toMatch(/as it was last asked to be already/);
    expect(log).not.toContain('startup snapshot');
  });

  it('leaves the network as it is when removed and purged, and says so', async () => {
    const before = await lab.ssh(network);
    expect(await lab.trySsh('dpkg -P vflane')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/stays as it is:\n(?:.*\n)* +netns 1\n/),
    });
    expect(await lab.ssh(network)).toBe(before);
    expect(await lab.ssh('ls /var/lib/vflane')).toContain('journal');
  });

  it('installed again, knows what it did, removes it, and then goes without a trace', async () => {
    await lab.ssh(install);
    expect(await lab.trySsh('vflane verify')).toMatchObject({ code: 0 });
    expect(await lab.trySsh('vflane destroy --yes', 180_000)).toMatchObject({ code: 0 });
    expect(await lab.trySsh('dpkg -P vflane')).toMatchObject({ code: 0, stderr: '' });
    const traces = 'ls -d /var/lib/vflane /var/cache/vflane /usr/lib/vflane 2>/dev/null; ip netns;';
    expect(await lab.ssh(`${traces} ${units}`)).toBe('');
  });
});
