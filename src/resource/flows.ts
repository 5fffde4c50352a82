import { underlayBridgeName } from '../model/underlay-bridge.ts';
import { isUnseen } from '../model/unseen.ts';
import { startSettings } from './ovs-setting.ts';
import type { Resource } from './resource.ts';

/**
 * The OpenFlow flows of a network's bridge, all of them at once. They are not in OVSDB: every start of ovs-vswitchd loses
 * them, and until they are back the bridge forwards nothing (facts §17).
 */
export const flows: Resource = {
  kind: 'flows',
  timeoutMs: 10_000,
  attribute: true,
  fresh: [],
  wanted: ({ overlay }) =>
    Object.entries(overlay?.flows ?? {}).map(([at, lines]) => ({ at, value: [...lines] })),
  there: ({ ovs }) => {
    if (ovs === undefined) return [];
    if (isUnseen(ovs)) return [{ at: '*', value: ovs }];
    return ovs.bridges.map(({ name, flows: seen }) => ({
      at: name,
      value: isUnseen(seen) ? seen : [...seen],
    }));
  },
  standsOn: (at) => [at === underlayBridgeName ? `underlay-bridge ${at}` : `bridge ${at}`],
  // A recreated port has another number, and its flows contain the old one.
  reads: (at) => [...startSettings.map((key) => `ovs-setting ${key}`), `bridge-port ${at}/*`],
  move: (at, _from, to) => ({
    actions:
      to === null
        ? []
        : [
            {
              run: ['ovs-ofctl', '--names', '--bundle', 'replace-flows', at, '-'],
              stdin: (to as readonly string[]).map((line) => `${line}\n`).join(''),
            },
          ],
  }),
  // The command returns once the bundle is in force; the look at the end reads it back.
  settled: () => [],
  why: () =>
    'Let through only what each guest may send: from its own MAC and addresses, and nothing that only a router or a DHCP server sends.',
};
