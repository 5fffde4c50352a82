import type { VfAdmin } from '../model/host-state.ts';
import { vfAttribute } from './vf-attribute.ts';

/**
 * The VLAN tag that the card adds to everything a VF sends and strips from what it receives. Values: `0` (untagged), `40`, or
 * `40 qos 3` for a priority that somebody else has set and an undo must restore.
 */
export const vfVlan = vfAttribute<string>({
  kind: 'vf-vlan',
  noun: 'VLANs',
  fresh: '0',
  wanted: (vf) => `${vf.vlan}`,
  there: (admin) => tag(admin),
  words: (value) => `vlan ${value}`,
  // iproute2 leaves `vlan` out of the entry where there is none (facts §4.1).
  shown: (value) => ({
    at: ['vlan_list', '0', 'vlan'],
    is: value === '0' ? null : Number.parseInt(value, 10),
  }),
  why: 'Let the card tag what each guest sends, so that no guest can choose its own network.',
});

function tag({ vlan, qos }: VfAdmin): string {
  return qos === 0 ? `${vlan}` : `${vlan} qos ${qos}`;
}
