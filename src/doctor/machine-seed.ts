import { isUnseen } from '../model/unseen.ts';
import { guestFinding, machinesOf } from './machine-parts.ts';
import type { Rule } from './rule.ts';

/** A running guest goes on with what it has read. */
export const machineSeedUnread: Rule = (examined) =>
  machinesOf(examined).flatMap(({ name, machine: { seed } }) => {
    const guest = examined.state.machines?.guests[name];
    if (seed === undefined || guest === undefined || isUnseen(guest.unit) || guest.unit.active !== 'active')
      return [];
    const had = guest.seed;
    if (had === null || isUnseen(had) || had['network-config'] === seed.networkConfig) return [];
    const what = `${name} is running, and reads its new networks only when it starts`;
    return [guestFinding(examined, 'VF2079', name, what, `vflane vm restart ${name}, when it suits.`)];
  });
