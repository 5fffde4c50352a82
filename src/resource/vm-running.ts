import { startS, stopS } from '../guest/guest-unit.ts';
import { powerDownS } from '../guest/power-script.ts';
import { guestPaths, guestTemplate } from '../model/guest-paths.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import type { MachineSpec } from '../model/machine.ts';
import type { MachineState } from '../model/machine-state.ts';
import type { Action, Probe } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { asWritten, basesOf, definitionOf, type Machine, machinesIn } from './machine-text.ts';
import type { Resource } from './resource.ts';
import { virsh } from './vm-domain.ts';

/** Who runs it, and the keys of what it has open. */
type Running = { readonly by: MachineSpec['manager']; readonly on: readonly string[] };

/** Whether a guest runs. One without autostart is left as it is. */
export const vmRunning: Resource = {
  kind: 'vm-running',
  timeoutMs: stopS * 1000,
  wanted: (spec, state) =>
    machinesIn(spec).map((one) => {
      const { name, machine } = one;
      const isOn = machine.autostart || runs(state.machines?.guests[name]);
      return { at: name, value: isOn ? runningOf(one, spec, state) : null };
    }),
  there: (state) =>
    Object.entries(state.machines?.guests ?? {}).map(([at, guest]) => ({ at, value: seen(guest, state) })),
  standsOn: (at, value) => {
    const { by, on } = value as Running;
    const how = by === 'libvirt' ? `vm-domain ${at}` : `vm-unit ${at}`;
    return ['vm-template vflane-guest@.service', how, ...on];
  },
  // After a reboot, systemd or libvirt has started it, and the ledger no longer names it.
  goesWith: (at) => [`vm-unit ${at}`, `vm-domain ${at}`],
  replaced: () => true,
  move: (at, from, to) => ({
    actions: [...stop(at, from as Running | null), ...start(at, to as Running | null)],
  }),
  settled: (at, to) => (to === null ? goneProbes(at) : [upProbe(at, to as Running)]),
  takes: (at, from) => (from === null ? undefined : { guest: at }),
  together: (at) => at,
  why: (_from, to) =>
    to === null
      ? 'Shut the guest down, as by its power button; if it does not stop, switch it off.'
      : 'Start the guest: everything it needs is there.',
};

/** A guest of the file while it runs. */
export function runningOf(one: Machine, spec: HostSpec, state: HostState): Running {
  return { by: one.machine.manager, on: basesOf(definitionOf(one, spec, state)) };
}

export function runs(guest: MachineState | undefined): boolean {
  if (guest === undefined) return false;
  const { unit, domain } = guest;
  const inLibvirt =
    domain !== undefined && domain !== null && !isUnseen(domain) && domain.state !== 'shut off';
  return (
    inLibvirt ||
    (!isUnseen(unit) && ['active', 'reloading', 'activating', 'deactivating'].includes(unit.active))
  );
}

function seen(guest: MachineState, state: HostState) {
  const { unit, domain, dropIn } = guest;
  if (isUnseen(domain)) return domain;
  if (isUnseen(unit)) return unit;
  if (isUnseen(dropIn)) return dropIn;
  if (!runs(guest)) return null;
  const isDomain = domain !== undefined && domain !== null && domain.state !== 'shut off';
  const text = isDomain ? domain.xml : dropIn;
  return { by: isDomain ? 'libvirt' : 'systemd', on: basesOf(asWritten(text ?? '', state)) };
}

function start(at: string, to: Running | null): readonly Action[] {
  if (to === null) return [];
  const timeoutMs = (startS + 10) * 1000;
  return to.by === 'libvirt'
    ? [{ run: [...virsh, 'start', at], timeoutMs }]
    : [{ run: ['systemctl', 'start', guestPaths(at).unit], timeoutMs }];
}

function stop(at: string, from: Running | null): readonly Action[] {
  if (from === null) return [];
  const run =
    from.by === 'libvirt'
      ? ['/usr/bin/perl', guestTemplate.power, 'domain', at, `${powerDownS}`]
      : ['systemctl', 'stop', guestPaths(at).unit];
  return [{ run, timeoutMs: (stopS + 10) * 1000 }];
}

function upProbe(at: string, { by }: Running): Probe {
  return by === 'libvirt'
    ? { says: ['virsh', '-r', '--connect=qemu:///system', 'domstate', at], is: 'running' }
    : { says: ['systemctl', 'show', '--property=ActiveState', '--value', guestPaths(at).unit], is: 'active' };
}

/** Neither systemd nor libvirt has a process for it any more: their files are removed with it. */
function goneProbes(at: string): readonly Probe[] {
  return [guestPaths(at).pidFile, `/run/libvirt/qemu/${at}.pid`].map((link) => ({ link, is: '' }));
}
