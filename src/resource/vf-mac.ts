import { vfAttribute } from './vf-attribute.ts';

const unset = '00:00:00:00:00:00';

/** The MAC the PF gives a VF: the VF's driver takes it when it probes, and spoofchk compares with it. */
export const vfMac = vfAttribute<string>({
  kind: 'vf-mac',
  noun: 'MACs',
  fresh: unset,
  wanted: (vf) => vf.mac ?? unset,
  there: (admin) => admin.mac,
  words: (mac) => `mac ${mac}`,
  shown: (mac) => ({ at: ['address'], is: mac }),
  why: 'Give the VFs their MACs, one for each port, before a driver reads them.',
});
