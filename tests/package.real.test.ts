import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inCopyOfMachine } from './support/installed.ts';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'vflane-package-'));
const tree = join(folder, 'tree');
let deb = '';

function run(argv: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = folder) {
  const [program = '', ...words] = argv;
  const ended = spawnSync(program, words, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

function build(out: string, umask: string, env: NodeJS.ProcessEnv = {}): string {
  const made = run(['sh', '-c', `umask ${umask}; exec node ${root}/packaging/deb.mjs ${out}`], env);
  expect(made).toMatchObject({ code: 0 });
  return made.stdout.trim();
}

beforeAll(() => {
  deb = build(join(folder, 'one'), '022');
  expect(run(['dpkg-deb', '-x', deb, tree])).toMatchObject({ code: 0 });
  copyFileSync(join(root, 'bin/sample.yaml'), join(folder, 'fabric.yaml'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The program as the package has it, in a folder instead of in /. */
function vflane(...words: readonly string[]) {
  return run([join(tree, 'usr/bin/vflane'), ...words]);
}

// A busy machine takes long to read its packages.
const slow = { timeout: 180_000 };

describe('the package', slow, () => {
  test('is the same, byte for byte, whoever builds it and wherever', () => {
    const other = build(join(folder, 'two'), '077', { TZ: 'Asia/Tokyo', LC_ALL: 'C', HOME: '/nonexistent' });
    expect(readFileSync(other).equals(readFileSync(deb))).toBe(true);
  });

  test('has the version of the program', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const field = run(['dpkg-deb', '-f', deb, 'Version']).stdout.trim();
    expect(field.replace(/-\d+$/, '')).toBe(version);
    expect(vflane('--version').stdout).toBe(`${version}\n`);
  });

  test('runs from a folder that cannot be written to: checks a file, and plans a simulated host', () => {
    expect(vflane('validate')).toMatchObject({ code: 0, stdout: expect.stringContaining('fine') });
    const { code, stdout } = vflane('plan', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout).hosts[0].steps.length).toBeGreaterThan(3);
  });

  test('has no complaint from lintian', () => {
    const checked = run([
      'lintian',
      '--pedantic',
      '--display-info',
      '--allow-root',
      '--fail-on',
      'error,warning',
      deb,
    ]);
    expect(checked).toMatchObject({ code: 0, stdout: '' });
  });

  test('has pages that groff sets without a warning', () => {
    const pages = join(folder, 'pages');
    expect(vflane('manual', '--out', pages)).toMatchObject({ code: 0 });
    const files = readdirSync(pages).map((name) => join(pages, name));
    expect(files.length).toBeGreaterThan(30);
    expect(run(['groff', '-man', '-ww', '-z', '-Tutf8', ...files])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('names the licence of everything in the bundle, in its own words', () => {
    const copyright = readFileSync(join(tree, 'usr/share/doc/vflane/copyright'), 'utf8');
    const bundled: readonly string[] = JSON.parse(readFileSync(join(root, 'dist/bundled.json'), 'utf8'));
    expect(bundled).toContain('commander');
    for (const name of bundled) {
      const home = join(root, 'node_modules', name);
      const file = readdirSync(home).find((one) => /^LICENSE(\.\w+)?$/.test(one)) ?? '';
      const licence = readFileSync(join(home, file), 'utf8');
      // Apache's licence is Debian's own file, stored once; the text after it in the original is not part of it.
      const own = licence.replace(
        /^[\s\S]*END OF TERMS AND CONDITIONS[\s\S]*?limitations under the License\./,
        '',
      );
      for (const line of own.split('\n')) expect(copyright).toContain(line.trim());
    }
  });

  test('has no unit that starts automatically', () => {
    const files = readdirSync(tree, { recursive: true, encoding: 'utf8' });
    expect(files.filter((path) => /systemd\/system|\/etc\/init/.test(path))).toEqual([]);
  });
});

/** What `dpkg` and the package print and leave, in a copy of this machine. */
function installed(script: string, files: Readonly<Record<string, string>> = {}) {
  return inCopyOfMachine(script, { '/root/vflane.deb': deb, ...files });
}

describe('installed', slow, () => {
  test('is in the PATH, has its manual and its cache, and leaves nothing when purged', () => {
    const { code, stdout, stderr } = installed(`set -e
dpkg --no-triggers -i /root/vflane.deb >/dev/null
vflane validate -f /usr/share/vflane/sample.yaml
ls /var/cache/vflane | wc -l
dpkg -L vflane | grep -c /man1/vflane-plan.1.gz
bash -c 'source /usr/share/bash-completion/completions/vflane; COMP_WORDS=(vflane valid); COMP_CWORD=1; _vflane; echo "$COMPREPLY"'
dpkg --no-triggers -P vflane >/dev/null
ls -d /usr/lib/vflane /var/cache/vflane /var/lib/vflane 2>/dev/null || echo gone`);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout.trim().split('\n')).toEqual([
      'fine: /usr/share/vflane/sample.yaml: 1 host, 1 network, 1 guest',
      '1',
      '1',
      'validate',
      'gone',
    ]);
  });

  test('removal says what stays on the host, and a purge keeps the records to undo it', () => {
    expect(vflane('apply', '--yes')).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = installed(
      `set -e
dpkg --no-triggers -i /root/vflane.deb >/dev/null
mkdir -p /var/lib/vflane/guests
touch /var/lib/vflane/guests/ceph1.qcow2
dpkg --no-triggers -r vflane >/dev/null
dpkg --no-triggers -P vflane >/dev/null
ls /var/lib/vflane`,
      { '/var/lib/vflane': join(folder, '.vflane/sim/alpha.var') },
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain('    num-vfs 2\n');
    expect(stderr).toContain('it remembers how to undo');
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['documents', 'guests', 'journal']));
  });

  test('if nothing is owned, a purge removes the journal, but no guest’s disk', () => {
    expect(vflane('destroy', '--yes')).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = installed(
      `set -e
dpkg --no-triggers -i /root/vflane.deb >/dev/null
mkdir -p /var/lib/vflane/guests
touch /var/lib/vflane/guests/ceph1.qcow2
dpkg --no-triggers -P vflane >/dev/null
find /var/lib/vflane -type f`,
      { '/var/lib/vflane': join(folder, '.vflane/sim/alpha.var') },
    );
    expect({ code, stderr, stdout }).toMatchObject({
      code: 0,
      stdout: '/var/lib/vflane/guests/ceph1.qcow2\n',
    });
  });

  test('an upgrade renews the snapshot that an enabled host starts at boot, and only that', () => {
    const { code, stdout, stderr } = installed(`set -e
dpkg --no-triggers -i /root/vflane.deb >/dev/null
ls /var/lib/vflane/boot 2>/dev/null || echo nothing
mkdir -p /var/lib/vflane/boot
kept=/var/lib/vflane/boot/vflane.snapshot
unit=/etc/systemd/system/vflane-boot.service
echo old >$kept
echo ExecStart=/usr/bin/node /var/lib/vflane/boot/vflane.cjs agent --boot >$unit
dpkg --no-triggers -i /root/vflane.deb >/dev/null
cat $kept
echo ExecStart=/usr/bin/node /usr/lib/vflane/vflane.cjs agent --boot >$unit
dpkg --no-triggers -i /root/vflane.deb >/dev/null
node --snapshot-blob $kept agent --boot 2>&1`);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [before, notItsOwn, , log] = stdout.trim().split('\n');
    expect([before, notItsOwn]).toEqual(['nothing', 'old']);
    expect(log).toMatch(/as it was last asked to be already/);
  });
});
