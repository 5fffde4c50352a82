import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { powerScript } from './power-script.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-power-'));
const script = join(folder, 'power');
writeFileSync(script, powerScript);
afterAll(() => rmSync(folder, { recursive: true }));

const hasImages = spawnSync('qemu-img', ['--version']).status === 0;

/** The least that is a qcow2 image on `below`, or on nothing (qemu, docs/interop/qcow2.txt). */
function qcow2(name: string, { below = '', format = 'raw', features = 0 } = {}): string {
  const path = join(folder, name);
  const bytes = Buffer.alloc(4096);
  bytes.write('QFI\xfb', 0, 'latin1');
  bytes.writeUInt32BE(3, 4);
  bytes.writeBigUInt64BE(BigInt(below === '' ? 0 : 512), 8);
  bytes.writeUInt32BE(below.length, 16);
  bytes.writeBigUInt64BE(BigInt(features), 72);
  bytes.writeUInt32BE(104, 100);
  if (format !== '') {
    bytes.writeUInt32BE(0xe2792aca, 104);
    bytes.writeUInt32BE(format.length, 108);
    bytes.write(format, 112);
  }
  bytes.write(below, 512);
  writeFileSync(path, bytes);
  return path;
}

const image = join(folder, 'image.raw');
writeFileSync(image, 'a boot sector');
const disk = qcow2('disk', { below: image });

/** A QEMU of this version, which says what it is started with. */
function qemu(version: string): string {
  const path = join(folder, `qemu-${version}`);
  const says = `#!/bin/sh\n[ "$1" != --version ] || exec echo "QEMU emulator version ${version} (Debian 1:${version})"\nprintf '%s\\n' "$@"\n`;
  writeFileSync(path, says);
  chmodSync(path, 0o755);
  return path;
}

test.each([
  ['7.2.22', '-runas', '4242:4242'],
  ['9.0.4', '-runas', '4242:4242'],
  ['9.1.0', '-run-with', 'user=4242:4242'],
  ['10.0.13', '-run-with', 'user=4242:4242'],
])('QEMU %s is told by %s to be another user', (version, ...told) => {
  const said = execFileSync(
    'perl',
    [script, 'run', '4242', disk, image, qemu(version), '-name', 'guest=a b'],
    {
      encoding: 'utf8',
    },
  );
  expect(said.trimEnd().split('\n')).toEqual(['-name', 'guest=a b', ...told]);
});

test('what is no QEMU is not run as root', () => {
  const ended = spawnSync('perl', [script, 'run', '4242', disk, image, '/bin/true', '-name'], {
    encoding: 'utf8',
  });
  expect(ended.status).not.toBe(0);
  expect(ended.stderr).toContain('vflane: /bin/true does not say its version');
});

function start(onDisk: string, onImage: string) {
  const argv = [script, 'run', '4242', onDisk, onImage, qemu('10.0.0'), 'started'];
  const { status, stdout, stderr } = spawnSync('perl', argv, { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

const whole = qcow2('whole', { format: '' });
const leading = qcow2('leading', { below: '/etc/shadow' });
const elsewhere = qcow2('elsewhere', { format: '', features: 4 });

// What somebody who has broken out of the guest's QEMU could write into the disk's header, and what an image from elsewhere may say.
test.each([
  ['a disk on another file', qcow2('a', { below: '/etc/shadow' }), image, /leads to another file than/],
  ['a disk on none', qcow2('b'), image, /leads to another file than/],
  ['a disk on a file by another driver', qcow2('c', { below: 'json:{"driver":"raw"}' }), image, /leads to/],
  ['a disk on the image as of extents', qcow2('d', { below: image, format: 'vmdk' }), image, /leads to/],
  ['a disk on the image as of anything', qcow2('e', { below: image, format: '' }), image, /leads to/],
  ['a disk whose data is elsewhere', qcow2('f', { below: image, features: 4 }), image, /leads to/],
  ['a disk that is none', image, image, /is no disk of vflane's/],
  ['no disk', join(folder, 'nosuch'), image, /No such file/],
  ['an image on another', qcow2('g', { below: leading, format: 'qcow2' }), leading, /leading leads to/],
  ['an image elsewhere', qcow2('h', { below: elsewhere, format: 'qcow2' }), elsewhere, /elsewhere leads to/],
])('a guest with %s is not started', (_what, onDisk, onImage, why) => {
  const { status, said } = start(onDisk, onImage);
  expect(said).toMatch(why);
  expect(said).not.toContain('started');
  expect(status).not.toBe(0);
});

test('a guest on an image of qcow2 is started', () => {
  expect(start(qcow2('i', { below: whole, format: 'qcow2' }), whole).said).toContain('started');
});

test.skipIf(!hasImages)('what qemu-img makes is started', () => {
  const [base, own] = [join(folder, 'base.qcow2'), join(folder, 'own.qcow2')];
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', base, '1G']);
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', base, own, '2G']);
  expect(start(own, base).said).toContain('started');
  execFileSync('qemu-img', ['rebase', '-u', '-F', 'raw', '-b', '/etc/hostname', own]);
  expect(start(own, base).said).toMatch(/leads to another file than/);
});

test('a QEMU that has ended is not waited for', () => {
  const gone = spawnSync('true').pid;
  const began = performance.now();
  const ended = spawnSync('perl', [script, 'up', join(folder, 'none.sock'), '60'], {
    encoding: 'utf8',
    env: { ...process.env, MAINPID: `${gone}` },
  });
  expect(ended).toMatchObject({ status: 1, stderr: 'vflane: QEMU has ended\n' });
  expect(performance.now() - began).toBeLessThan(30_000);
});

describe('a guest of libvirt’s', () => {
  const asked = join(folder, 'asked');
  const pid = join(folder, 'vm1.pid');

  /** A virsh of which a guest hears what `hears` matches, and the script with that first in its PATH. */
  function poweredDown(hears: string) {
    const virsh = `#!/bin/sh\necho "$3" >>${asked}\ncase "$3" in ${hears}) rm -f ${pid};; esac\n`;
    writeFileSync(join(folder, 'virsh'), virsh, { mode: 0o755 });
    writeFileSync(asked, '');
    writeFileSync(pid, '4242');
    const here = join(folder, 'power-here');
    writeFileSync(here, powerScript.replaceAll('/run/libvirt/qemu', folder));
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const ended = spawnSync('perl', [here, 'domain', 'vm1', '1'], { encoding: 'utf8', env });
    return { ...ended, asked: readFileSync(asked, 'utf8') };
  }

  test('that hears its button is left to shut down', () => {
    expect(poweredDown('shutdown|destroy')).toMatchObject({ status: 0, stderr: '', asked: 'shutdown\n' });
  });

  test('that is deaf to it is switched off after its time, and that is said', () => {
    expect(poweredDown('destroy')).toMatchObject({
      status: 0,
      stderr: 'vflane: vm1 did not shut down within 1 s, and is switched off\n',
      asked: 'shutdown\ndestroy\n',
    });
  });
});
