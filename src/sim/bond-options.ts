import { usesPrimary } from './bond.ts';
import { Refusal } from './errno.ts';
import { slavesOf } from './netdevs.ts';
import type { Bond, Netdev, SimState } from './state.ts';

/** The options of `ip link … type bond`, as the driver names them; the caller has checked their syntax. */
export type BondOptions = Partial<Omit<Bond, 'active'>> & { readonly activeSlave?: string };

const noArp = ['802.3ad', 'balance-tlb', 'balance-alb'];
/** BOND_MAX_ARP_TARGETS. */
const maxArpTargets = 16;

/** Sets options in the driver's order; a refused one leaves the earlier ones set (bond_netlink.c, bond_changelink). */
export function setBondOptions(state: SimState, bondDev: Netdev, bond: Bond, options: BondOptions): void {
  if (options.mode !== undefined) setMode(state, bondDev, bond, options.mode);
  if (options.activeSlave !== undefined) setActive(state, bondDev, bond, options.activeSlave);
  if (options.miimon !== undefined) setMiimon(bond, options.miimon);
  setDelays(bond, options);
  setArp(bond, options);
  if (options.primary !== undefined) setPrimary(bond, options.primary);
  if (options.failOverMac !== undefined) {
    if (slavesOf(state, bondDev).length > 0) throw hasSlaves();
    bond.failOverMac = options.failOverMac;
  }
  setPlain(bond, options);
}

function hasSlaves(): Refusal {
  return new Refusal('ENOTEMPTY', 'unable to set option because the bond device has slaves');
}

function setMode(state: SimState, bondDev: Netdev, bond: Bond, mode: string): void {
  if (slavesOf(state, bondDev).length > 0) throw hasSlaves();
  if (bondDev.up) throw new Refusal('EBUSY', 'unable to set option because the bond is up');
  if (noArp.includes(mode)) {
    bond.arpInterval = 0;
    if (bond.miimon === 0) bond.miimon = 100;
  }
  bond.arpValidate = 'none';
  bond.mode = mode;
}

function setActive(state: SimState, bondDev: Netdev, bond: Bond, name: string): void {
  if (!usesPrimary(bond.mode)) throw notInMode();
  const slave = slavesOf(state, bondDev).find((s) => s.name === name);
  if (!slave?.up) throw new Refusal('EINVAL', 'invalid option value');
  bond.active = slave.ifindex;
}

function setMiimon(bond: Bond, miimon: number): void {
  bond.miimon = miimon;
  if (miimon > 0 && bond.arpInterval > 0) {
    bond.arpInterval = 0;
    bond.arpValidate = 'none';
  }
}

function setDelays(bond: Bond, options: BondOptions): void {
  for (const key of ['updelay', 'downdelay'] as const) {
    const value = options[key];
    if (value === undefined) continue;
    if (bond.miimon === 0) throw new Refusal('EPERM');
    bond[key] = value - (value % bond.miimon);
  }
}

function notInMode(): Refusal {
  return new Refusal('EACCES', 'option not supported in mode');
}

function setArp(bond: Bond, options: BondOptions): void {
  const miimon = (options.miimon ?? 0) > 0;
  if (options.arpInterval !== undefined) {
    if (options.arpInterval > 0 && miimon) {
      throw new Refusal('EINVAL', 'ARP monitoring cannot be used with MII monitoring');
    }
    if (noArp.includes(bond.mode)) throw notInMode();
    bond.arpInterval = options.arpInterval;
    if (options.arpInterval > 0) bond.miimon = 0;
  }
  if (options.arpTargets !== undefined) setArpTargets(bond, options.arpTargets);
  if (options.nsTargets !== undefined) bond.nsTargets = nsTargets(options.nsTargets);
  if (options.arpValidate !== undefined) {
    if (options.arpValidate !== 'none' && miimon) {
      throw new Refusal('EINVAL', 'ARP validating cannot be used with MII monitoring');
    }
    if (noArp.includes(bond.mode)) throw notInMode();
    bond.arpValidate = options.arpValidate;
  }
}

/** Replaces the old list with the given one, target by target. */
function setArpTargets(bond: Bond, targets: readonly string[]): void {
  bond.arpTargets = [];
  for (const target of targets) {
    const refused = ['0.0.0.0', '255.255.255.255'].includes(target) || bond.arpTargets.includes(target);
    if (refused || bond.arpTargets.length >= maxArpTargets)
      throw new Refusal('EINVAL', 'invalid option value');
    bond.arpTargets.push(target);
  }
}

/** bond_netlink.c, IFLA_BOND_NS_IP6_TARGET: no link-local ones. */
function nsTargets(targets: readonly string[]): string[] {
  if (targets.some((target) => /^fe[89ab]/i.test(target))) throw new Refusal('EINVAL', 'Invalid IPv6 addr6');
  if (targets.length > maxArpTargets) throw new Refusal('EINVAL', 'invalid option value');
  return [...new Set(targets)];
}

function setPrimary(bond: Bond, primary: string): void {
  if (!usesPrimary(bond.mode)) throw notInMode();
  bond.primary = primary;
}

function setPlain(bond: Bond, options: BondOptions): void {
  if (options.numPeerNotif !== undefined) bond.numPeerNotif = options.numPeerNotif;
  if (options.primaryReselect !== undefined) bond.primaryReselect = options.primaryReselect;
  if (options.xmitHashPolicy !== undefined) bond.xmitHashPolicy = options.xmitHashPolicy;
  if (options.arpAllTargets !== undefined) bond.arpAllTargets = options.arpAllTargets;
  if (options.missedMax !== undefined) bond.missedMax = options.missedMax;
  if (options.allSlavesActive !== undefined) bond.allSlavesActive = options.allSlavesActive;
  if (options.minLinks !== undefined) bond.minLinks = options.minLinks;
  if (options.lacpRate !== undefined) {
    if (bond.mode !== '802.3ad') throw notInMode();
    bond.lacpRate = options.lacpRate;
  }
}
