import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HostReader } from '../host/host.ts';
import { HostError } from '../host/host.ts';
import { observeIpv6, parseTxChecksum, representorsIn } from './tenant-ports.ts';

/** ethtool 6.1 on a veth, the first two entries. */
const veth = `[ {
        "ifname": "lane",
        "rx-checksumming": { "active": true, "fixed": false, "requested": true },
        "tx-checksumming": { "active": false, "fixed": null, "requested": null }
} ]`;

test('a group of features is on if any of it is active', () => {
  expect(parseTxChecksum(veth)).toBe(false);
  expect(parseTxChecksum(veth.replace('"active": false', '"active": true'))).toBe(true);
  expect(() => parseTxChecksum('[ ]')).toThrow(TypeError);
  expect(() => parseTxChecksum('')).toThrow(SyntaxError);
});

test('whatever is printed, it is an answer or an error that says so', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      try {
        expect(parseTxChecksum(text)).toBeTypeOf('boolean');
      } catch (error) {
        expect(error instanceof SyntaxError || error instanceof TypeError).toBe(true);
      }
    }),
  );
});

/** A host with only these files. */
function withFiles(files: { readonly [path: string]: string }): HostReader {
  const absent = (path: string) =>
    new HostError({ kind: 'errno', host: 'alpha', argv: ['read', path], errno: 'ENOENT' });
  const asked: HostReader['readFile'] = async (path) => {
    const text = files[path];
    if (text === undefined) throw absent(path);
    return text;
  };
  const listDir: HostReader['listDir'] = async (folder) => {
    const names = Object.keys(files).flatMap((path) =>
      path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split('/')[0] ?? ''] : [],
    );
    if (names.length === 0) throw absent(folder);
    return [...new Set([...names, 'gone'])];
  };
  const none = () => Promise.reject(absent('anything else'));
  return { name: 'alpha', readFile: asked, listDir, readLink: none, query: none, openFiles: none };
}

test('a netdev that does not exist, or disappears meanwhile, is neither with nor without IPv6', async () => {
  const folder = '/proc/sys/net/ipv6/conf';
  const reader = withFiles({ [`${folder}/a/disable_ipv6`]: '1\n', [`${folder}/b/disable_ipv6`]: '0\n' });
  expect(await observeIpv6(reader, ['a', 'b', 'c', 'gone'])).toEqual({ a: false, b: true });
});

test('a kernel without IPv6 is told from one on which nothing was found', async () => {
  expect(await observeIpv6(withFiles({ '/proc/version': 'Linux' }), ['a'])).toBeNull();
});

test('a representor is recognized by its port’s name, not by its own', () => {
  const names = { p0: 'p0', a: 'pf0vf3', b: 'c1pf0vf3', sf: 'pf0sf1', none: undefined };
  const links = Object.entries(names).map(([name, physPortName]) => ({ name, physPortName }));
  expect(representorsIn(links as unknown as Parameters<typeof representorsIn>[0])).toEqual(['a', 'b']);
});
