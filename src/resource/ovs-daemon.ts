import { isUnseen } from '../model/unseen.ts';
import { dpdkRuns, forgetTries, service } from './ovs-setting.ts';
import type { Resource } from './resource.ts';

const at = 'ovs-vswitchd';

/**
 * With `dpdk-init=true` ovs-vswitchd exits if DPDK cannot start (vswitch.xml), and at boot it cannot: there are no
 * hugepages and no VFs yet. So it is started once they exist. Without DPDK, a daemon that does not run was stopped by
 * somebody, and is a finding.
 */
export const ovsDaemon: Resource = {
  kind: 'ovs-daemon',
  timeoutMs: 30_000,
  stays: true,
  wanted: ({ overlay }) => (overlay?.dpdk === undefined ? [] : [{ at, value: true }]),
  there: ({ ovs }) => {
    if (ovs === undefined) return [];
    const seen = isUnseen(ovs) ? ovs : ovs.daemon;
    if (isUnseen(seen)) return [{ at, value: seen }];
    return seen ? [{ at, value: true }] : [];
  },
  move: (_at, _from, to) => ({
    actions: to === null ? [] : [forgetTries, { run: ['systemctl', 'start', service] }],
  }),
  settled: (_at, to) => (to === null ? [] : [dpdkRuns]),
  why: () => 'Start ovs-vswitchd, which gave up while there were no hugepages.',
};
