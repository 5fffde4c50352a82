import { describe, expect, it } from 'vitest';
import { buildError, mmdebstrapArgv } from './debian.ts';
import { unpackedQemu } from './qemu-binary.ts';

describe('a tree of Debian packages', () => {
  it('is made from the machine’s mirrors, in namespaces of its own', () => {
    const tree = {
      suite: 'trixie',
      variant: 'extract',
      packages: ['a', 'b'],
      format: 'tar',
      target: '/c/x.tar',
    } as const;
    const mirrors = ['deb http://mirror.example/debian trixie main'];
    expect(mmdebstrapArgv(tree, mirrors, ['Acquire::Check-Date "false";'])).toEqual([
      'mmdebstrap',
      '--mode=unshare',
      '--variant=extract',
      '--format=tar',
      '--architectures=amd64',
      '--include=a,b',
      '--aptopt=Acquire::Check-Date "false";',
      'trixie',
      '/c/x.tar',
      'deb http://mirror.example/debian trixie main',
    ]);
  });

  it('that could not be made says why, and recognizes a full disk', () => {
    const stderr = 'tar: ./usr: write: No space left on device\n';
    expect(buildError('tar', { stderr, timedOut: false })).toMatchObject({ code: 'LAB_NO_SPACE' });
    expect(buildError('mmdebstrap', { stderr: 'E: no such suite\n', timedOut: false })).toMatchObject({
      code: 'LAB_BUILD_FAILED',
      message: 'mmdebstrap failed: E: no such suite',
    });
    expect(buildError('mke2fs', { stderr: '', timedOut: true }).message).toContain('did not end in time');
  });
});

describe('an unpacked QEMU', () => {
  it('runs through its own loader, with its own libraries, modules and firmware', () => {
    const qemu = unpackedQemu('/c/qemu');
    expect(qemu.system.slice(0, 2)).toEqual(['/c/qemu/usr/lib64/ld-linux-x86-64.so.2', '--library-path']);
    expect(qemu.system).toContain('/c/qemu/usr/bin/qemu-system-x86_64');
    expect(qemu.img.at(-1)).toBe('/c/qemu/usr/bin/qemu-img');
    expect(qemu.env).toEqual({ QEMU_MODULE_DIR: '/c/qemu/usr/lib/x86_64-linux-gnu/qemu' });
  });
});
