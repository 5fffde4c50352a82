import type { PciAddress } from '../../model/names.ts';
import type { Plan, Probe, Step, Text } from '../../model/plan.ts';
import { pf, pfPath } from './fake-card.ts';

const pci = pf as PciAddress;

export const nothing: Step = {
  why: 'for the test',
  resource: 'test',
  at: 'here',
  for: [],
  disrupts: [],
  guard: [],
  actions: [],
  undo: [],
  settle: { all: [], show: [], timeoutMs: 2000 },
  changes: [],
};

export function planOf(...steps: readonly Step[]): Plan {
  const allocation = { 'ceph1/storage': 0 };
  return { host: 'alpha', basis: 'sha256:0', steps, allocation, findings: [] };
}

/** A kernel attribute from one text to another. */
export function attributeStep(resource: string, path: Text, from: string, to: string): Step {
  return {
    ...nothing,
    resource,
    at: pf,
    guard: [{ read: path, is: from }],
    actions: [{ write: path, text: to }],
    undo: [{ write: path, text: from }],
    settle: { ...nothing.settle, all: [{ read: path, is: to }] },
    changes: [{ resource, at: pf, from, to }],
  };
}

export function vlanStep(vlans: readonly number[]): Step {
  const batch = (all: readonly number[]): Text =>
    all.flatMap((vlan, vf) => ['link set dev ', { netdev: { pf: pci } }, ` vf ${vf} vlan ${vlan}\n`]);
  return {
    ...nothing,
    resource: 'vf-vlan',
    at: `${pf}/0-${vlans.length - 1}`,
    actions: [{ run: ['ip', '-batch', '-'], stdin: batch(vlans) }],
    undo: [{ run: ['ip', '-batch', '-'], stdin: batch(vlans.map(() => 0)) }],
    settle: { ...nothing.settle, all: vlans.map(vlanProbe) },
    changes: vlans.map((to, vf) => ({ resource: 'vf-vlan', at: `${pf}/${vf}`, from: 0, to })),
  };
}

function vlanProbe(vlan: number, vf: number): Probe {
  const at = ['ifname=eth0', 'vfinfo_list', `vf=${vf}`, 'vlan_list', '0', 'vlan'];
  return { query: ['ip', '-j', 'link', 'show'], at, is: vlan };
}

export function bondStep(name: string): Step {
  return {
    ...nothing,
    resource: 'bond',
    at: name,
    guard: [{ query: ['ip', '-j', 'link', 'show'], at: [`ifname=${name}`], is: null }],
    actions: [
      { run: ['ip', 'link', 'add', name, 'type', 'bond'] },
      { run: ['ip', 'link', 'set', name, 'up'] },
    ],
    undo: [{ run: ['ip', 'link', 'del', name] }],
    settle: {
      ...nothing.settle,
      all: [{ query: ['ip', '-j', 'link', 'show'], at: [`ifname=${name}`, 'operstate'], is: 'UP' }],
    },
    changes: [{ resource: 'bond', at: name, from: null, to: { mode: 'active-backup' } }],
  };
}

/** From a bare card to two VFs on VLANs, one of them for vfio-pci, and a bond. */
export function cardPlan(): Plan {
  const vf0 = { vf: { pf: pci, index: 0 } };
  const override: Text = ['/sys/bus/pci/devices/', vf0, '/driver_override'];
  const driver = attributeStep('vf-driver', override, '(null)', 'vfio-pci');
  return planOf(
    attributeStep('autoprobe', `${pfPath}/sriov_drivers_autoprobe`, '1', '0'),
    attributeStep('num-vfs', `${pfPath}/sriov_numvfs`, '0', '2'),
    vlanStep([40, 41]),
    { ...driver, guard: [...driver.guard, { unused: vf0 }] },
    bondStep('bond0'),
  );
}
