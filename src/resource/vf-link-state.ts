import { vfAttribute } from './vf-attribute.ts';

/**
 * `auto` follows the port, so that a guest's bond notices a dead one; `enable` would blind it (facts §8). `disable` closes
 * a spare VF, if the driver can: igb answers EOPNOTSUPP to all three.
 */
export const vfLinkState = vfAttribute<string>({
  kind: 'vf-link-state',
  noun: 'link state',
  fresh: 'auto',
  // In switchdev a VF's carrier is its representor's admin state, and the driver refuses any other (facts §4.2).
  wanted: (vf, pf, { eswitch }) =>
    pf.driver === 'mlx5_core' && eswitch === 'legacy' ? vf.linkState : undefined,
  there: (admin) => admin.linkState,
  words: (state) => `state ${state}`,
  shown: (state) => ({ at: ['link_state'], is: state }),
  why: 'Let a guest see a dead port, and give a spare VF no link at all.',
});
