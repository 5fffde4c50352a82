import { guestPaths } from '../model/guest-paths.ts';
import { machinesIn } from './machine-text.ts';
import type { Resource } from './resource.ts';

/**
 * That systemd starts a guest with the host, after all that vflane brings back for it. Each for itself: one that does not
 * start keeps no other from it.
 */
export const vmAutostart: Resource = {
  kind: 'vm-autostart',
  timeoutMs: 10_000,
  wanted: (spec) =>
    machinesIn(spec, 'systemd').map(({ name, machine }) => ({
      at: name,
      value: machine.autostart ? true : null,
    })),
  there: ({ machines }) =>
    Object.entries(machines?.guests ?? {}).map(([at, { autostart }]) => ({ at, value: autostart })),
  standsOn: () => ['vm-template vflane-guest@.service'],
  move: (at, _from, to) => ({
    actions: [{ run: ['systemctl', to === null ? 'disable' : 'enable', '--quiet', guestPaths(at).unit] }],
  }),
  settled: (at, to) => {
    const { wantedBy, unit } = guestPaths(at);
    return [{ link: wantedBy, is: to === null ? '' : unit.replace(/@.*\./, '@.') }];
  },
  why: (_from, to) =>
    to === null ? 'Start the guests with the host no more.' : 'Have systemd start the guests with the host.',
};
