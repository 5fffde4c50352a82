import { guestPaths } from '../model/guest-paths.ts';
import type { MachineState } from '../model/machine-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { machinesIn } from './machine-text.ts';
import type { Resource } from './resource.ts';
import { virsh } from './vm-domain.ts';

/** Who starts it: `true` means systemd. */
type Starter = true | 'libvirt';

/**
 * Whether systemd, or libvirt, starts a guest with the host, after all that vflane restores for it. Each guest is started on its own: one that
 * does not start holds up no other.
 */
export const vmAutostart: Resource = {
  kind: 'vm-autostart',
  timeoutMs: 10_000,
  wanted: (spec) =>
    machinesIn(spec).map(({ name, machine }) => ({
      at: name,
      value: machine.autostart ? (machine.manager === 'libvirt' ? 'libvirt' : true) : null,
    })),
  there: ({ machines }) =>
    Object.entries(machines?.guests ?? {}).map(([at, guest]) => ({ at, value: starterOf(guest) })),
  standsOn: (at, value) => [value === 'libvirt' ? `vm-domain ${at}` : 'vm-template vflane-guest@.service'],
  replaced: () => true,
  move: (at, from, to) => ({
    actions: [change(at, (from ?? to) as Starter, to !== null)],
  }),
  settled: (at, to) => {
    const { wantedBy, unit } = guestPaths(at);
    return to === 'libvirt' ? [] : [{ link: wantedBy, is: to === null ? '' : unit.replace(/@.*\./, '@.') }];
  },
  why: (_from, to) =>
    to === null ? 'No longer start the guests with the host.' : 'Start the guests with the host.',
};

function starterOf({ autostart, domain }: MachineState) {
  if (autostart !== null) return autostart;
  if (domain === undefined || domain === null || isUnseen(domain)) return domain ?? null;
  return domain.autostart ? ('libvirt' as const) : null;
}

function change(at: string, starter: Starter, isOn: boolean) {
  return starter === 'libvirt'
    ? { run: [...virsh, 'autostart', ...(isOn ? [] : ['--disable']), at] }
    : { run: ['systemctl', isOn ? 'enable' : 'disable', '--quiet', guestPaths(at).unit] };
}
