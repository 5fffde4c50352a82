import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseImage } from './qemu-img.ts';

/** An overlay of 2 GiB: of qemu-img 7.2.22 (Debian 12), and of 10.0.13 (Debian 13), which has the file below it, too. Both were run. */
const of72 = `{
    "backing-filename-format": "qcow2",
    "virtual-size": 2147483648,
    "filename": "/srv/top.qcow2",
    "cluster-size": 65536,
    "format": "qcow2",
    "actual-size": 200704,
    "format-specific": {
        "type": "qcow2",
        "data": { "compat": "1.1", "compression-type": "zlib", "lazy-refcounts": false, "refcount-bits": 16, "corrupt": false, "extended-l2": false }
    },
    "full-backing-filename": "/srv/base.qcow2",
    "backing-filename": "/srv/base.qcow2",
    "dirty-flag": false
}
`;

const of100 = of72.replace(
  '{\n',
  `{
    "children": [
        {
            "name": "file",
            "info": { "children": [], "virtual-size": 197120, "filename": "/srv/top.qcow2", "format": "file", "actual-size": 200704, "format-specific": { "type": "file", "data": {} }, "dirty-flag": false }
        }
    ],
`,
);

const raw = `{
    "virtual-size": 512,
    "filename": "/srv/raw.img",
    "format": "raw",
    "actual-size": 4096,
    "dirty-flag": false
}
`;

describe('qemu-img info', () => {
  test.each([
    ['Debian 12', of72],
    ['Debian 13', of100],
  ])('of %s: the image, and not the file that it is in', (_release, text) => {
    expect(parseImage(text)).toEqual({ format: 'qcow2', size: 2 ** 31, backing: '/srv/base.qcow2' });
  });

  test('of an image whose data is in another file', () => {
    const said = `{"virtual-size": 512, "format": "qcow2", "format-specific": {"type": "qcow2", "data": {"compat": "1.1", "data-file": "/etc/shadow", "data-file-raw": true}}}`;
    expect(parseImage(said)).toEqual({ format: 'qcow2', size: 512, dataFile: '/etc/shadow' });
  });

  test('of an image without a backing file', () => {
    expect(parseImage(raw)).toEqual({ format: 'raw', size: 512 });
  });

  test('cut off or changed anywhere, is read or refused', () => {
    const at = fc.nat(of100.length);
    fc.assert(
      fc.property(at, at, fc.oneof(fc.string(), fc.json()), (one, other, put) => {
        try {
          const whole = of100.slice(0, Math.min(one, other)) + put + of100.slice(Math.max(one, other));
          expect(parseImage(whole).format).toEqual(expect.any(String));
        } catch (error) {
          expect(error instanceof SyntaxError || error instanceof TypeError).toBe(true);
        }
      }),
    );
  });
});
