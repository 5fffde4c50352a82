import { describe, expect, test } from 'vitest';
import { bareHost, fabric, fabricHost, pf0, pf1, vmGuest } from '../../tests/support/states.ts';
import { expandLegacyVlan } from '../datapath/legacy-vlan.ts';
import { guestSpec } from '../datapath/machine.ts';
import type { VmSpec } from '../model/fabric.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { emptyLedger, type Ledger, ledgerKey } from '../model/ledger.ts';
import type { MachineState, MachinesState } from '../model/machine-state.ts';
import { asPciAddress, type PciAddress } from '../model/names.ts';
import type { Plan } from '../model/plan.ts';
import { definitionOf } from '../resource/machine-text.ts';
import { wantsNothing, wantsOf } from './differences.ts';
import { planFor } from './plan.ts';

const vm: VmSpec = {
  cpus: 2,
  memoryMiB: 2048,
  disk: 'debian-13.qcow2',
  hugepages: false,
  pci: [],
  manager: 'systemd',
  autostart: true,
  firmware: 'bios',
  cloudInit: { sshKeys: [] },
};

function specOf(more: Partial<VmSpec> = {}): HostSpec {
  const one = vmGuest('web', { ...vm, ...more }, ['storage']);
  const host = fabricHost('alpha', [one]);
  const spec = expandLegacyVlan(fabric([host]), host, emptyLedger);
  return { ...spec, guests: spec.guests.map(({ lanes }) => guestSpec(one, lanes, host)) };
}

const image = { format: 'qcow2', size: 3 * 2 ** 30 };
const absent: MachineState = {
  autostart: null,
  dropIn: null,
  unit: { active: 'inactive', result: 'success', isStale: false },
  disk: null,
  seed: null,
};

function machines(web: MachineState, more: Partial<MachinesState> = {}): MachinesState {
  return {
    template: null,
    power: null,
    programs: {},
    images: { '/var/lib/vflane/images/debian-13.qcow2': image },
    userData: {},
    blockUse: {},
    besides: {},
    guests: { web },
    memory: { totalMiB: 65536, freeMiB: 60000 },
    ...more,
  };
}

function planOf(
  spec: HostSpec,
  state: HostState,
  { ledger = emptyLedger as Ledger, allow = false } = {},
): Plan {
  const wants = wantsOf(spec, state, ledger);
  const allocation = spec.allocation;
  return planFor({ host: 'alpha', state, ledger, wants, spec, allocation, allowDisruption: allow }).plan;
}

/** The commands of a plan that are about VMs, and the resources of their steps. */
function vmSteps({ steps }: Plan) {
  return steps.filter(({ resource }) => /^(vm|pci)-/.test(resource));
}

function commands(plan: Plan): readonly string[] {
  return vmSteps(plan).flatMap(({ actions }) =>
    actions.map((action) => ('run' in action ? action.run.join(' ') : `write ${action.write}`)),
  );
}

describe('a new VM', () => {
  const plan = planOf(specOf(), bareHost({ machines: machines(absent) }));

  test('is started last, once everything that it is given exists', () => {
    expect(plan.steps.at(-1)).toMatchObject({ resource: 'vm-running', for: ['web'] });
    const order = plan.steps.map(({ resource }) => resource);
    expect(order.indexOf('vf-driver')).toBeLessThan(order.indexOf('vm-unit'));
  });

  test('never has its image written, nor an existing disk overwritten', () => {
    const image = '/var/lib/vflane/images/debian-13.qcow2';
    expect(commands(plan).filter((line) => line.includes(image))).toEqual([
      `qemu-img create -q -f qcow2 -F qcow2 -b ${image} /var/lib/vflane/guests/web/disk.qcow2.new`,
    ]);
    expect(commands(plan)).toContain(
      'mv -n /var/lib/vflane/guests/web/disk.qcow2.new /var/lib/vflane/guests/web/disk.qcow2',
    );
  });

  test('keeps its disk when it is taken back', () => {
    const undone = vmSteps(plan).flatMap(({ undo }) => undo.map((action) => JSON.stringify(action)));
    expect(undone.filter((line) => line.includes('disk.qcow2'))).toEqual([]);
    expect(undone.some((line) => line.includes('systemctl","stop"'))).toBe(true);
  });

  test('is not started without autostart', () => {
    const plain = planOf(specOf({ autostart: false }), bareHost({ machines: machines(absent) }));
    expect(plain.steps.some(({ resource }) => resource === 'vm-running')).toBe(false);
    expect(commands(plain).some((line) => line.startsWith('systemctl enable'))).toBe(false);
  });
});

/** A host on which all of it is done, and the guest runs. */
function runningHost(spec: HostSpec): HostState {
  const vfs = (pf: number) =>
    Array.from({ length: 8 }, (_, index) => ({
      index,
      pci: asPciAddress(`0000:03:0${pf}.${index}`) as PciAddress,
      driver: index === 0 ? 'vfio-pci' : undefined,
      driverOverride: index === 0 ? 'vfio-pci' : '',
      iommuGroup: `${20 + 8 * pf + index}`,
      netdev: undefined,
      admin: { unseen: 'not asked here' },
    }));
  const host = bareHost();
  const pfs = host.pfs.map((pf, port) => ({ ...pf, numVfs: 8, vfs: vfs(port + 1) }));
  const [one] = spec.guests;
  if (!one?.machine) throw new Error('no machine');
  const text = definitionOf({ name: one.name, machine: one.machine }, spec, { ...host, pfs });
  const dropIn = text.replace(`<VF 0 of ${pf0}>`, '0000:03:01.0').replace(`<VF 0 of ${pf1}>`, '0000:03:02.0');
  const web: MachineState = {
    ...absent,
    autostart: true,
    dropIn,
    unit: { active: 'active', result: 'success', isStale: false },
    disk: { ...image, backing: '/var/lib/vflane/images/debian-13.qcow2' },
  };
  return { ...host, pfs, holders: [holder('20'), holder('28')], machines: machines(web) };
}

function holder(group: string) {
  return { path: `/dev/vfio/${group}`, pid: 4711, command: 'qemu-system-x86' };
}

function about(plan: Plan, resource: string) {
  return plan.steps.filter((step) => step.resource === resource);
}

describe('a VM that runs', () => {
  test('is as asked, whatever addresses its VFs have', () => {
    const spec = specOf();
    const plan = planOf(spec, runningHost(spec));
    expect([...about(plan, 'vm-unit'), ...about(plan, 'vm-running')]).toEqual([]);
  });

  test('is named if its definition changes, and not touched unless that is allowed', () => {
    const state = runningHost(specOf());
    const plan = planOf(specOf({ cpus: 4 }), state);
    expect(about(plan, 'vm-running').flatMap(({ disrupts }) => disrupts)).toContain('web');
    expect(plan.findings.map(({ code }) => code)).toContain('VF3003');
    const allowed = planOf(specOf({ cpus: 4 }), state, { allow: true });
    const order = allowed.steps.map(({ resource, actions }) => `${resource} ${actions.length > 0}`);
    expect(order.indexOf('vm-running true')).toBeLessThan(order.indexOf('vm-unit true'));
    expect(order.lastIndexOf('vm-running true')).toBeGreaterThan(order.lastIndexOf('vm-unit true'));
  });

  test('goes on if only what cloud-init finds has changed', () => {
    const spec = specOf({ cloudInit: { sshKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me'] } });
    const plan = planOf(spec, runningHost(specOf()));
    expect(about(plan, 'vm-seed')).toHaveLength(1);
    expect(about(plan, 'vm-running')).toEqual([]);
  });

  test('is shut down before its VFs go, though systemd has started it since', () => {
    const spec = specOf();
    const state = runningHost(spec);
    const made = planOf(spec, { ...state, machines: machines(absent) }).steps.flatMap(
      ({ changes }) => changes,
    );
    const held = made.filter(({ resource }) => resource !== 'vm-running');
    const entries = held.map(({ resource, at, to }) => {
      const key = ledgerKey(resource, at);
      return [key, { resource, at, value: to, was: null }] as const;
    });
    const ledger: Ledger = { ...emptyLedger, entries: new Map(entries) };
    const input = {
      host: 'alpha',
      state,
      ledger,
      wants: wantsNothing(ledger, state),
      allocation: spec.allocation,
    };
    const { steps } = planFor({ ...input, allowDisruption: true }).plan;
    expect(steps[0]?.actions).toMatchObject([{ run: ['systemctl', 'stop', 'vflane-guest@web.service'] }]);
  });

  test('that was started by hand stays as it is', () => {
    const spec = specOf({ autostart: false });
    expect(about(planOf(spec, runningHost(spec)), 'vm-running')).toEqual([]);
  });
});

test('a unit that systemd has not re-read is written and read once more', () => {
  const spec = specOf();
  const state = runningHost(spec);
  const web = state.machines?.guests.web;
  if (!web) throw new Error('no guest');
  const unit = { active: 'inactive', result: 'success', isStale: true };
  const plan = planOf(spec, { ...state, holders: [], machines: machines({ ...web, unit }) });
  expect(about(plan, 'vm-unit').flatMap(({ actions }) => actions)).toContainEqual({
    run: ['systemctl', 'daemon-reload'],
  });
});

describe('a VM of libvirt', () => {
  const path = '/var/lib/vflane/images/debian-13.qcow2';
  const spec = specOf({ manager: 'libvirt' });
  const told = (seen: Partial<MachinesState>, xml: string | null = null) => {
    const domain = { xml, digest: '', state: 'shut off', autostart: true };
    const [{ name = '', machine } = {}] = spec.guests;
    if (!machine) throw new Error('no machine');
    return definitionOf(
      { name, machine },
      spec,
      bareHost({ machines: machines({ ...absent, domain }, seen) }),
    );
  };

  test('stands on its image and nothing else, whatever its disk says', () => {
    const chain = (format: string) =>
      `<backingStore type='file'><format type='${format}'/><source file='${path}'/><backingStore/></backingStore>`;
    expect(told({})).toContain(chain('qcow2'));
    expect(told({ images: { [path]: { format: 'raw', size: 512 } } })).toContain(chain('raw'));
  });

  test('is as asked while its image cannot be looked at', () => {
    const locked = { [path]: { unseen: 'Failed to get shared "write" lock' } };
    expect(told({ images: locked }, told({}))).toBe(told({}));
  });
});
