import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memorySim } from '../open-sim.ts';
import { tell } from '../testing/tell.ts';

const key = fc.constantFrom(
  'ip',
  'arp',
  'in_port',
  'nw_src',
  'dl_src',
  'priority',
  'table',
  'cookie',
  'actions',
  'ipv6_dst',
  'ct_state',
  'tp_dst',
  'vlan_tci',
  'icmp6',
  'nd_target',
  'add',
  'delete',
);
const value = fc.oneof(
  fc.constantFrom(
    '1',
    '0',
    '-1',
    '0x5/0x7',
    '10.0.0.0/8',
    '02:00:00:00:00:01',
    'NORMAL',
    'drop',
    'LOCAL',
    '+trk',
    'fe80::/10',
    'resubmit(,1)',
    'output:3',
    '"',
  ),
  fc.string({ maxLength: 6 }),
);
const pair = fc.tuple(key, fc.constantFrom('=', '', ':'), value).map((parts) => parts.join(''));
const flow = fc.array(pair, { maxLength: 5 }).map((pairs) => pairs.join(','));

it('a flow, however odd, is refused with a line or kept, and a kept one can be written again', async () => {
  await fc.assert(
    fc.asyncProperty(flow, async (text) => {
      const host = memorySim();
      await tell(host, 'ovs-vsctl add-br br0 -- set Bridge br0 fail_mode=secure');
      const told = await tell(host, 'ovs-ofctl add-flows br0 -', text);
      expect([0, 1]).toContain(told.code);
      if (told.code === 1) expect(told.stderr).toMatch(/^(ovs-ofctl: |OFPT_ERROR )/);
      const dump = 'ovs-ofctl --no-stats dump-flows br0';
      const kept = (await tell(host, dump)).stdout;
      expect(await tell(host, 'ovs-ofctl replace-flows br0 -', kept)).toMatchObject({ code: 0, stderr: '' });
      expect((await tell(host, dump)).stdout).toBe(kept);
    }),
    { numRuns: 200 },
  );
});

const word = fc.oneof(
  fc.constantFrom(
    'list',
    'set',
    'get',
    'add',
    'remove',
    'find',
    'Bridge',
    'Port',
    'Interface',
    'br0',
    '--',
    '--columns=name',
    '--id=@x',
    'create',
    'name=x',
    'other_config:a=b',
    'tag=5',
    'interfaces=@x',
    'add-port',
    'del-br',
    'show',
    'clear',
    'trunks=1,2',
  ),
  fc.string({ minLength: 1, maxLength: 6 }),
);

it('a command line of ovs-vsctl, however odd, is answered, and the database can still be shown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 7 }), async (words) => {
      const host = memorySim();
      await tell(host, 'ovs-vsctl add-br br0');
      const told = await host.run(['ovs-vsctl', ...words]).then(
        () => 0,
        (error: { readonly details?: { readonly exitCode?: number } }) => error.details?.exitCode,
      );
      expect([0, 1, 2]).toContain(told);
      expect((await tell(host, 'ovs-vsctl show')).code).toBe(0);
    }),
    { numRuns: 300 },
  );
});
