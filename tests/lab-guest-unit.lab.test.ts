import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dropInText, templateText } from '../src/guest/guest-unit.ts';
import { guestUser } from '../src/guest/guest-user.ts';
import { powerScript } from '../src/guest/power-script.ts';
import { qemuArgv } from '../src/guest/qemu-argv.ts';
import { cached, cacheFolder } from '../src/lab/cache.ts';
import { makeTree } from '../src/lab/debian.ts';
import { guestPaths, guestTemplate } from '../src/model/guest-paths.ts';
import type { MachineSpec } from '../src/model/machine.ts';
import { attempts, tryAll, tryAllIn } from './support/lab-wall.ts';

/** A guest's unit on the systemd and QEMU of each supported Debian, without a kernel of its own. */
const paths = guestPaths('vm1');
const tap = { tap: 'vm1-9fbeca', mac: '02:00:00:00:00:01', plain: false };
const plain: MachineSpec = {
  cpus: 1,
  memoryMiB: 128,
  hugepages: false,
  manager: 'systemd',
  firmware: 'bios',
  image: '/var/lib/vflane/images/base.img',
  pci: [],
  autostart: true,
  nics: [],
  seed: { metaData: '', networkConfig: '', userData: { text: '' } },
};

const packages = ['systemd', 'systemd-sysv', 'dbus', 'qemu-system-x86', 'qemu-utils', 'ovmf', 'iproute2'];
const treeOf = (suite: string) =>
  cached(cacheFolder(), `guest-unit-${suite}`, async (folder) => {
    const target = join(folder, 'tree.tar');
    await makeTree({ suite, variant: 'minbase', packages, format: 'tar', target }, () => undefined);
    const untar = ['-xf', target, '-C', folder, '--exclude=./dev'];
    expect(spawnSync('tar', untar).status).toBe(0);
    rmSync(target);
    mkdirSync(join(folder, 'dev'));
  });

const other = guestPaths('vm2');
/** TUNSETIFF of a tap that is not open elsewhere. */
const opensTap = `perl -e 'my $asked = pack("a16 s x22", "vm2-9fbeca", 0x1002); open(my $tun, "+<", "/dev/net/tun") or exit 1; ioctl($tun, 0x400454ca, $asked) or exit 1'`;
const all = { ...attempts('vm1', 'vm2'), "another guest's tap": opensTap };

/** Its disk and seed as vflane makes them, its start, its user then, and what that user can reach. */
const inside = (user: number) => `set -e
rm -rf ${paths.folder} ${other.folder}
install -d --mode=0700 ${paths.folder} ${other.folder} /run/dbus ${other.runFolder}
echo another >${other.disk}
mkdir -p /var/lib/vflane/images
truncate -s 4M ${plain.image}
install --mode=0600 /dev/null ${paths.disk}
qemu-img create -q -f qcow2 -F raw -b ${plain.image} ${paths.disk}
install --mode=0600 /dev/null ${paths.seed}
truncate -s 2880K ${paths.seed}
install --mode=0600 /usr/share/OVMF/OVMF_VARS_4M.fd ${paths.variables}
perl -MIO::Socket::UNIX -e 'for (@ARGV) { fork or do { my $open = IO::Socket::UNIX->new(Local => $_, Listen => 1); sleep 100 } }' /run/dbus/system_bus_socket ${other.qmp} &
systemctl start vflane-guest@vm1
pid=$(systemctl show --property=MainPID --value vflane-guest@vm1)
grep -E '^(Uid|CapPrm|NoNewPrivs|Seccomp):' /proc/$pid/status
tr '\\0' '\\n' </proc/$pid/cmdline | tail -2
echo outside; ${tryAll(all)}
echo himself; ${tryAllIn('$pid', `${user}`, all)}
echo root; ${tryAllIn('$pid', '0', all)}
systemctl kill --signal=KILL vflane-guest@vm1
`;

function start(root: string, machine: MachineSpec): readonly string[] {
  const argv = qemuArgv('vm1', machine, {}).map((word) => word.replace('accel=kvm:tcg', 'accel=tcg'));
  const files = {
    [guestTemplate.path]: templateText,
    [guestTemplate.power]: powerScript,
    [paths.dropIn]: dropInText('vm1', machine.image, argv, undefined),
    '/root/inside.sh': inside(guestUser('vm1')),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const script = fileURLToPath(new URL('support/own-systemd.sh', import.meta.url));
  const ended = spawnSync('unshare', ['-mpnCuif', 'sh', script, root], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  const said = readFileSync(join(root, 'var/inside.log'), 'utf8');
  expect(said, `${said}${ended.stdout}${ended.stderr}`).toContain('\nroot\n');
  return said.trimEnd().split('\n');
}

describe.each([
  ['Debian 12', 'bookworm', '-runas'],
  ['Debian 13', 'trixie', '-run-with'],
])('on %s', (_name, suite, option) => {
  it.each([
    ['a tap', { ...plain, nics: [tap] }],
    ['UEFI', { ...plain, firmware: 'uefi' as const }],
  ])('a guest with %s runs as nobody, behind a wall', async (_what, machine) => {
    const said = start(await treeOf(suite), machine);
    const user = guestUser('vm1');
    expect(said.slice(0, 4)).toEqual([
      `Uid:\t${user}\t${user}\t${user}\t${user}`,
      `CapPrm:\t${'0'.repeat(16)}`,
      'NoNewPrivs:\t1',
      'Seccomp:\t2',
    ]);
    expect(said[4]).toBe(option);
    const [outside, himself, root] = ['outside', 'himself', 'root'].map((word) => said.indexOf(word));
    expect(said.slice(outside, himself)).toEqual(['outside', ...Object.keys(all)]);
    expect(said.slice(himself, root)).toEqual(['himself']);
    // Even as root it would see only other guests' files, and nothing that makes it root outside.
    expect(said.slice(root)).toEqual(['root', "another guest's disk", 'passwords', "another guest's tap"]);
  });
});
