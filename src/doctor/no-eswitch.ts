import { finding } from '../model/catalogue.ts';
import { placeOf, type Rule } from './rule.ts';

/** An overlay uses a card for its switchdev mode; a card without a switch of its own is no better than plain netdevs. */
export const noEswitch: Rule = (examined) => {
  const { spec, state, host } = examined;
  if (spec.overlay === undefined) return [];
  const without = state.pfs.filter(({ eswitch }) => eswitch === 'none');
  if (without.length === 0) return [];
  const which = without
    .map(({ pci, driver }) => `${pci}${driver === undefined ? '' : ` (${driver})`}`)
    .join(' and ');
  const ports = without.map(({ pci, netdev }) => netdev ?? pci).join(', ');
  return [
    finding(
      'VF2065',
      placeOf(examined, 'nic'),
      `${host.name}: the driver of ${which} does not support switchdev: the card has no switch that the host could take over`,
      `Use its ports as plain ones: nic: software, and underlay: { address: ${host.underlay?.address}, ports: [${ports}] }. Or use legacy-vlan.`,
    ),
  ];
};
