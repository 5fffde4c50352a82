import { isUnseen } from '../model/host-state.ts';
import type { Resource } from './resource.ts';

/** Debian's unit that starts ovsdb-server and ovs-vswitchd together. */
const service = 'openvswitch-switch.service';

/**
 * A setting of Open vSwitch that counts only from its next start (vswitch.xml: hw-offload, dpdk-init). It is the whole
 * host's: every bridge stands still meanwhile, foreign ones too, and every OpenFlow flow is gone after it.
 */
export const ovsSetting: Resource = {
  kind: 'ovs-setting',
  timeoutMs: 30_000,
  wanted: ({ overlay }) => Object.entries(overlay?.settings ?? {}).map(([at, value]) => ({ at, value })),
  there: ({ ovs }) => {
    if (ovs === undefined) return [];
    if (isUnseen(ovs)) return [{ at: '*', value: ovs }];
    return Object.entries(ovs.settings).map(([at, value]) => ({ at, value }));
  },
  move: (at, _from, to) => ({
    actions: [
      {
        run:
          to === null
            ? ['ovs-vsctl', '--timeout=30', '--no-wait', 'remove', 'Open_vSwitch', '.', 'other_config', at]
            : [
                'ovs-vsctl',
                '--timeout=30',
                '--no-wait',
                'set',
                'Open_vSwitch',
                '.',
                `other_config:${at}=${to}`,
              ],
      },
      { run: ['systemctl', 'restart', service] },
    ],
  }),
  settled: () => [],
  takes: () => 'everything',
  why: () => 'Change how Open vSwitch works, and restart it: it reads this only when it starts.',
};
