import { finding } from '../model/catalogue.ts';
import { isUnseen } from '../model/unseen.ts';
import { wireLinks } from './pf-link.ts';
import { placeOf, type Rule } from './rule.ts';

/** The kernel sets no monitor by itself for active-backup (bond_main.c, facts §8). */
export const unmonitoredBond: Rule = (examined) => {
  const { state } = examined;
  const masters = new Set(wireLinks(examined).map(({ master }) => master));
  if (isUnseen(state.links)) return [];
  return state.links
    .filter(({ name, bond }) => masters.has(name) && bond?.miimonMs === 0 && bond.arpIntervalMs === 0)
    .map(({ name }) =>
      finding(
        'VF2046',
        placeOf(examined, 'nic'),
        `${examined.host.name}: ${name} monitors neither link nor ARP (miimon 0, arp_interval 0): it never leaves a dead port`,
        `Monitor the link: ip link set dev ${name} type bond miimon 100.`,
      ),
    );
};
