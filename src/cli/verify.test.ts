import { expect, test } from 'vitest';
import { differenceLines } from './verify.ts';

const apart = (have: string, want: string | null) =>
  differenceLines([{ resource: 'vm-unit', at: 'db', have, want }])[0];

test('of two files it is said which line is apart, and not only how both begin', () => {
  const head = '# Written by vflane.\n[Service]\n';
  expect(apart(`${head}host=0000:03:00.2\n`, `${head}host=<VF 0 of 0000:03:00.0>\n`)).toBe(
    'vm-unit db has in line 3 "host=0000:03:00.2", wanted "host=<VF 0 of 0000:03:00.0>"',
  );
  expect(apart(head, `${head}x\n`)).toBe('vm-unit db has in line 3 "", wanted "x"');
  expect(apart(`${head}x\n`, head)).toBe('vm-unit db has in line 3 "x", wanted ""');
});

test('what is reported about one place is not a screen of JSON', () => {
  const document = JSON.stringify({ text: 'x'.repeat(5_000) });
  const line = apart(document, null) ?? '';
  expect(line.length).toBeLessThan(500);
  expect(line).toMatch(/… \(--json has all of it\), wanted not there$/);
});

test('of a document of many parts only the ones apart are named, with their place, and never what cloud-init is given', () => {
  const document = (vlan: number, mtu: number, secret: string | null) => ({
    fabric: {
      name: 'rack7',
      networks: [
        { name: 'storage', id: vlan },
        { name: 'household', id: 43 },
      ],
    },
    nics: [{ mtu, vfs: [{ index: 0, vlan }] }],
    seed: { 'user-data': secret },
  });
  const have = document(44, 9080, null);
  const line = (want: ReturnType<typeof document>) =>
    differenceLines([{ resource: 'boot-document', at: 'host.json', have, want }])[0];
  expect(line(document(42, 9080, null))).toBe(
    'boot-document host.json has fabric.networks[0].id 44, wanted 42; has nics[0].vfs[0].vlan 44, wanted 42',
  );
  expect(line(document(44, 9080, 'password: x'))).toBe('boot-document host.json has no seed.user-data');
});
