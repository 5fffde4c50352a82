import { vfAttribute } from './vf-attribute.ts';

/** Whether the card drops what a VF sends from a MAC that is not its own. Drivers have different defaults, so none is assumed. */
export const vfSpoofchk = vfAttribute<boolean>({
  kind: 'vf-spoofchk',
  noun: 'spoof check',
  // A spare VF has no MAC, and mlx5 warns of spoofchk without one (esw/legacy.c).
  // In switchdev the driver refuses it, and the bridge's flows do the work (facts §4.2).
  wanted: (vf, _pf, { eswitch }) => (vf.owner && eswitch === 'legacy' ? vf.spoofchk : undefined),
  there: (admin, { eswitch }) => (eswitch === 'switchdev' ? undefined : admin.spoofchk),
  words: (on) => `spoofchk ${on ? 'on' : 'off'}`,
  shown: (on) => ({ at: ['spoofchk'], is: on }),
  why: 'Let the card drop what a guest sends from a MAC that is not its own.',
});
