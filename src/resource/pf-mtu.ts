import { pfSetting } from './pf-setting.ts';

/** The PF's MTU in bytes, which limits what its VFs may send. A change resets igb's VFs (facts §17), so it comes before them. */
export const pfMtu = {
  ...pfSetting<number>({
    kind: 'pf-mtu',
    wanted: (pf) => pf.mtu,
    there: (link) => link.mtu,
    words: (mtu) => `mtu ${mtu}`,
    shown: (mtu) => ({ at: ['mtu'], is: mtu }),
    why: (mtu) => `Set the ports’ MTU to ${mtu}: no VF can send more than its PF.`,
  }),
  takes: (at: string) => ({ pf: at }),
};
