import { pfSetting } from './pf-setting.ts';

/** Whether the PF is administratively up: its VFs have no carrier while it is down, even if the host has no use for it (facts §5). */
export const pfUp = {
  ...pfSetting<boolean>({
    kind: 'pf-up',
    wanted: () => true,
    there: (link) => link.up,
    words: (up) => (up ? 'up' : 'down'),
    shown: (up) => ({ at: ['flags', '=UP'], is: up ? 'UP' : null }),
    why: (up) => {
      if (up === null)
        return 'The ports may go down with a bond: there is nothing to run, but they are brought up again.';
      return up
        ? 'Bring the ports up: a VF has no carrier while its PF is down.'
        : 'Bring the ports down, as they were.';
    },
  }),
  // A bond takes its members down.
  reads: (): readonly string[] => ['host-bond bond0'],
};
