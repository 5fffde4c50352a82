import { slaveIsUp } from './carrier.ts';
import { netdevAt, slavesOf } from './netdevs.ts';
import type { Bond, Netdev, SimState } from './state.ts';
import { giveMac } from './vlans.ts';

/** The driver's defaults (drivers/net/bonding): no link monitoring at all, whatever bonding.rst says. */
export function newBond(): Bond {
  return {
    mode: 'balance-rr',
    miimon: 0,
    updelay: 0,
    downdelay: 0,
    arpInterval: 0,
    arpTargets: [],
    arpValidate: 'none',
    arpAllTargets: 'any',
    missedMax: 2,
    primary: '',
    primaryReselect: 'always',
    failOverMac: 'none',
    xmitHashPolicy: 'layer2',
    numPeerNotif: 1,
    allSlavesActive: 0,
    minLinks: 0,
    lacpRate: 'slow',
    active: 0,
  };
}

/** Modes with one active slave (bond_mode_uses_primary). */
export function usesPrimary(mode: string): boolean {
  return mode === 'active-backup' || mode === 'balance-tlb' || mode === 'balance-alb';
}

/** The enslaved primary; a name that is not a slave is only remembered (bond_option_primary_set). */
export function primaryOf(state: SimState, bondDev: Netdev): Netdev | undefined {
  const wanted = bondDev.bond?.primary;
  return wanted ? slavesOf(state, bondDev).find((slave) => slave.name === wanted) : undefined;
}

/** Every bond selects its active slave again, as the monitors do between two commands. */
export function settleBonds(state: SimState): void {
  for (const netdev of state.netdevs) if (netdev.bond) selectActive(state, netdev, netdev.bond);
}

function selectActive(state: SimState, bondDev: Netdev, bond: Bond): void {
  if (!usesPrimary(bond.mode)) {
    bond.active = 0;
    return;
  }
  const best = bestSlave(state, bondDev, bond);
  if ((best?.ifindex ?? 0) === bond.active) return;
  bond.active = best?.ifindex ?? 0;
  if (best && bond.mode === 'active-backup' && bond.failOverMac === 'active')
    giveMac(state, bondDev, best.mac);
}

function bestSlave(state: SimState, bondDev: Netdev, bond: Bond): Netdev | undefined {
  const alive = slavesOf(state, bondDev).filter((slave) => slaveIsUp(state, bondDev, slave));
  const primary = primaryOf(state, bondDev);
  const current = netdevAt(state, bond.active);
  if (primary && alive.includes(primary)) {
    const reselect = bond.primaryReselect === 'always' || !current || !alive.includes(current);
    if (reselect) return primary;
  }
  return current && alive.includes(current) ? current : alive[0];
}
