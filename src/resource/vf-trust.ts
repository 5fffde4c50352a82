import { vfAttribute } from './vf-attribute.ts';

/** Whether a VF may be promiscuous; on igb also whether it may change its MAC (facts §4.3). */
export const vfTrust = vfAttribute<boolean>({
  kind: 'vf-trust',
  noun: 'trust',
  fresh: false,
  wanted: (vf, _pf, { eswitch }) => (eswitch === 'legacy' ? vf.trust : undefined),
  there: (admin) => admin.trust,
  words: (on) => `trust ${on ? 'on' : 'off'}`,
  shown: (on) => ({ at: ['trust'], is: on }),
  why: 'Trust only the guests that the file trusts.',
});
