import { describe, expect, test } from 'vitest';
import type { Change, Step } from '../model/plan.ts';
import { stepsOf } from './step.ts';

const context = {
  occupancy: { owners: new Map(), users: new Map() },
  staying: new Set<string>(),
  allowDisruption: false,
  ovsStands: false,
};
const bridge = { network: 'storage', datapathType: 'system', failMode: 'secure' };
const plain = { type: '', options: {}, protected: false, tag: 0, mtu: 0, error: '' };

const made: readonly Change[] = [
  { resource: 'bridge', at: 'br-storage', from: null, to: bridge },
  ...['ceph1', 'ceph2'].map((name) => ({
    resource: 'bridge-port',
    at: `br-storage/${name}`,
    from: null,
    to: { ...plain, role: `${name}/storage` },
  })),
];

function commandsOf(step: Step | undefined): readonly string[] {
  const words = (step?.actions ?? []).flatMap((action) => ('run' in action ? action.run : []));
  return words
    .join(' ')
    .split(' -- ')
    .map((command) => command.replace(/ (external_ids|datapath_type).*/, ''));
}

describe('a bridge and its ports', () => {
  const [step, ...more] = stepsOf(made, context);

  test('are made in one transaction, which learns of every port before it sets any column', () => {
    expect(more).toEqual([]);
    expect(commandsOf(step)).toEqual([
      'ovs-vsctl --timeout=30',
      'add-br br-storage',
      'add-port br-storage ceph1',
      'add-port br-storage ceph2',
      'set Bridge br-storage',
    ]);
  });

  test('are taken away in one transaction, the ports first', () => {
    const undo = step && { ...step, actions: step.undo };
    expect(commandsOf(undo).map((command) => command.replace('--if-exists ', ''))).toEqual([
      'ovs-vsctl --timeout=30',
      'del-port br-storage ceph2',
      'del-port br-storage ceph1',
      'del-br br-storage',
    ]);
  });

  test('keep a change and a reason each', () => {
    expect(step?.changes).toEqual(made);
    expect(step?.why).toMatch(/^Make a bridge .* Add the guests/);
  });
});

test('removed bridges and added ports are two steps', () => {
  const gone: Change = { resource: 'bridge', at: 'br-old', from: bridge, to: null };
  expect(stepsOf([gone, ...made.slice(1)], context)).toHaveLength(2);
});
