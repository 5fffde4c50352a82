import type { Json } from '../model/json.ts';
import { startHook } from '../model/ovs-start.ts';
import type { OvsState } from '../model/ovs-state.ts';
import type { Action, Probe } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Resource } from './resource.ts';

/** Debian's unit that starts ovsdb-server and ovs-vswitchd together. */
export const service = 'openvswitch-switch.service';

/**
 * After five starts in ten seconds systemd refuses a sixth, whoever asks (systemd.unit(5), StartLimitBurst); if DPDK
 * cannot start, ovs-vswitchd exits and systemd has used up these starts by itself.
 */
export const forgetTries: Action = {
  run: ['systemctl', 'reset-failed', service, 'ovsdb-server.service', startHook.unit],
};

/** What takes effect when Open vSwitch next starts: keys of `other_config`, and Debian's choice of the daemon. */
export const startSettings = ['alternative', 'dpdk-extra', 'dpdk-init', 'hw-offload'] as const;

/**
 * A setting of Open vSwitch that takes effect only when it next starts (vswitch.xml: hw-offload, dpdk-init). It is the whole
 * host's: every bridge stands still during the restart, foreign ones too, and afterwards every OpenFlow flow is gone.
 */
export const ovsSetting: Resource = {
  kind: 'ovs-setting',
  timeoutMs: 30_000,
  wanted: ({ overlay }) => Object.entries(overlay?.settings ?? {}).map(([at, value]) => ({ at, value })),
  there: ({ ovs }) => {
    if (ovs === undefined) return [];
    if (isUnseen(ovs)) return [{ at: '*', value: ovs }];
    return Object.entries(ovs.settings).map(([at, value]) => ({ at, value: inForce(at, value, ovs) }));
  },
  // DPDK sees the card as it was when it started: it has to release the card before that changes, and takes it again afterwards.
  standsOn: (at, value) => {
    if (at === 'dpdk-init') return ['ovs-setting dpdk-extra'];
    return at === 'dpdk-extra' ? ports(`${value}`) : [];
  },
  // It also has to release a function before the kernel takes it back, which would otherwise block.
  reads: (at) => (at === 'dpdk-extra' ? ['port-driver *'] : []),
  move: (at, _from, to) => ({
    actions: [{ run: command(at, to) }],
    once: [forgetTries, { run: ['systemctl', 'restart', service] }],
  }),
  settled: (at, to) => (at === 'dpdk-init' && to === 'true' ? [dpdkRuns] : []),
  takes: () => 'everything',
  why: () => 'Change Open vSwitch’s settings, and restart it: it reads these only at its start.',
};

/** What the devices of an allow-list stand on: a card's switch with its representors, or a function that is DPDK's alone. */
function ports(allowed: string): readonly string[] {
  return [...allowed.matchAll(/-a ([0-9a-f:.]+)(,?)/g)].flatMap(([, pci, more]) =>
    more === '' ? [`port-driver ${pci}`] : ['host-bond bond0', `num-vfs ${pci}`],
  );
}

/** Set in the database, which outlives a reboot, but not in effect in the daemon, which had no card when it started, or is not built for it. */
const idle = 'true, but not in force';

function inForce(at: string, value: string, { daemon, dpdkInitialized }: OvsState): string {
  // A daemon that does not run at all is started by another resource.
  const isIdle = daemon === true && !dpdkInitialized;
  return at === 'dpdk-init' && value === 'true' && isIdle ? idle : value;
}

/** ovs-vswitchd goes on without DPDK if it is not built with it (lib/dpdk-stub.c). */
export const dpdkRuns: Probe = {
  query: ['ovs-vsctl', '--timeout=10', '--format=json', '--columns=dpdk_initialized', 'list', 'Open_vSwitch'],
  at: ['data', '0', '0'],
  is: true,
};

function command(at: string, to: Json): readonly string[] {
  if (at === 'alternative') {
    return to === null
      ? ['update-alternatives', '--auto', 'ovs-vswitchd']
      : ['update-alternatives', '--set', 'ovs-vswitchd', `${to}`];
  }
  const words =
    to === null
      ? ['remove', 'Open_vSwitch', '.', 'other_config', at]
      : ['set', 'Open_vSwitch', '.', `other_config:${at}=${to === idle ? 'true' : to}`];
  return ['ovs-vsctl', '--timeout=30', '--no-wait', ...words];
}
