import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import { tell } from '../testing/tell.ts';

const own = `table inet vflane
delete table inet vflane
table inet vflane {
  chain input {
    type filter hook input priority filter - 10; policy accept;
    iifname "bond0" udp dport 4789 ip saddr { 192.168.9.1, 192.168.9.3 } accept
    udp dport 4789 counter drop comment "vflane"
  }
}
`;

it('keeps its own table, and a repeat changes nothing', async () => {
  const host = memorySim();
  expect(await tell(host, 'nft -f -', own)).toMatchObject({ code: 0, stderr: '' });
  const text = (await tell(host, 'nft list ruleset')).stdout;
  expect(text).toBe(`table inet vflane {
	chain input {
		type filter hook input priority filter - 10; policy accept;
		iifname "bond0" udp dport 4789 ip saddr { 192.168.9.1, 192.168.9.3 } accept
		udp dport 4789 counter packets 0 bytes 0 drop comment "vflane"
	}
}
`);
  await tell(host, 'nft -f -', own);
  expect((await tell(host, 'nft list ruleset')).stdout).toBe(text);
  expect(await tell(host, 'nft -f -', text)).toMatchObject({ stderr: '' });
});

it('prints JSON as libnftables does', async () => {
  const host = memorySim();
  await tell(host, 'nft -f -', own);
  const { nftables } = JSON.parse((await tell(host, 'nft -j list table inet vflane')).stdout);
  expect(nftables[3].rule.expr).toEqual([
    { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'bond0' } },
    { match: { op: '==', left: { payload: { protocol: 'udp', field: 'dport' } }, right: 4789 } },
    {
      match: {
        op: '==',
        left: { payload: { protocol: 'ip', field: 'saddr' } },
        right: { set: ['192.168.9.1', '192.168.9.3'] },
      },
    },
    { accept: null },
  ]);
});

it('applies all of a script or nothing', async () => {
  const host = memorySim();
  const told = await tell(
    host,
    'nft -f -',
    'add table inet a\nadd chain inet a c\nadd rule inet a d accept\n',
  );
  expect(told).toMatchObject({ code: 1 });
  expect(told.stderr).toContain('/dev/stdin:3:17-17: Error: No such file or directory');
  expect((await tell(host, 'nft list tables')).stdout).toBe('');
});

it.each([
  [
    'list table inet nosuch',
    'Error: No such file or directory\nlist table inet nosuch\n                ^^^^^^\n',
  ],
  ['bogus x', 'Error: syntax error, unexpected string\nbogus x\n^^^^^\n'],
])('refuses %s', async (line, stderr) => {
  expect(await tell(memorySim(), `nft ${line}`)).toMatchObject({ code: 1, stderr });
});

it('is forgotten by a reboot', async () => {
  const host = memorySim();
  await tell(host, 'nft -f -', own);
  await tell(host, 'reboot');
  expect((await tell(host, 'nft list tables')).stdout).toBe('');
});

it('answers any script without crashing', async () => {
  const word = fc.constantFrom(
    'table',
    'inet',
    'a',
    '{',
    '}',
    ';',
    'chain',
    'add',
    'rule',
    'ip',
    'saddr',
    '1.2.3.4',
    'drop',
    'set',
    '"',
    ',',
    'type',
    'hook',
    'delete',
    'flush',
    'ruleset',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 20 }), async (words) => {
      const told = await tell(memorySim(), 'nft -f -', words.join(' '));
      expect([0, 1]).toContain(told.code);
    }),
    { numRuns: 200 },
  );
});
