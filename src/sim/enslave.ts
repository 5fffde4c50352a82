import { settleBonds } from './bond.ts';
import { Refusal } from './errno.ts';
import { cardOf, vfAt } from './functions.ts';
import { evaluateLag, lagWarnings } from './lag.ts';
import { randomMac, zeroMac } from './macs.ts';
import { setMtu } from './mtu.ts';
import { slavesOf } from './netdevs.ts';
import type { Bond, Netdev, SimState } from './state.ts';
import { giveMac, open, shut } from './vlans.ts';

/** Returns warnings: the kernel accepts the slave, but the card may not offload the bond (facts §1.2). */
export function enslave(state: SimState, master: Netdev, netdev: Netdev): readonly string[] {
  if (master === netdev) throw new Refusal('EPERM', 'Cannot enslave bond to itself.');
  if (master.kind === 'bridge') {
    netdev.master = master.ifindex;
    return [];
  }
  if (!master.bond) throw new Refusal('EOPNOTSUPP');
  refuseAsSlave(netdev);
  joinBond(state, master, master.bond, netdev);
  settleBonds(state);
  evaluateLag(state);
  return netdev.kind === 'pf' ? lagWarnings(state) : [];
}

/** bond_main.c, bond_enslave. */
function refuseAsSlave(netdev: Netdev): void {
  if (netdev.kind === 'bond') throw new Refusal('EPERM', 'Device type (master device) cannot be enslaved');
  if (netdev.kind === 'loopback') throw new Refusal('EINVAL');
  if (netdev.up) throw new Refusal('EPERM', 'Device can not be enslaved while up');
}

function joinBond(state: SimState, master: Netdev, bond: Bond, netdev: Netdev): void {
  const first = slavesOf(state, master).length === 0;
  const { mtu: originalMtu, mac: permMac } = netdev;
  setMtu(state, netdev, master.mtu);
  if (first && master.randomMac) giveMac(state, master, netdev.mac);
  const oneMac = bond.mode !== 'active-backup' || bond.failOverMac === 'none';
  if (oneMac) takeMac(state, netdev, master.mac, originalMtu);
  netdev.slave = { permMac, originalMtu, failures: 0 };
  netdev.master = master.ifindex;
  open(state, netdev);
  netdev.addresses = netdev.addresses.filter((a) => a.family === 4);
}

/** A netdev that cannot take the bond's MAC does not become a slave; its MTU is restored. */
function takeMac(state: SimState, netdev: Netdev, mac: string, mtuBefore: number): void {
  // On the host, udev has given the bond a MAC of its own by then (systemd.link, MACAddressPolicy=persistent); in a
  // namespace the bond has its first slave's, which igb's PF lets that slave keep (both seen on 6.12 with QEMU's card).
  if (isFixedMac(state, netdev) && (netdev.mac !== mac || netdev.ns === '')) {
    netdev.mtu = mtuBefore;
    throw new Refusal('EADDRNOTAVAIL');
  }
  netdev.mac = mac;
}

/** igb: the PF set the VF's MAC and does not let it take another; mlx5 does (facts §8). */
function isFixedMac(state: SimState, netdev: Netdev): boolean {
  const admin = netdev.kind === 'vf' ? vfAt(state, netdev.pci)?.vf.admin : undefined;
  return admin !== undefined && admin.mac !== zeroMac && !admin.trust && !cardOf(state).vfMayChangeMac;
}

export function changeMac(state: SimState, netdev: Netdev, mac: string): void {
  if (netdev.mac !== mac && isFixedMac(state, netdev)) throw new Refusal('EADDRNOTAVAIL');
  giveMac(state, netdev, mac);
}

/** The slave is closed, and gets its own MAC and MTU back (bond_main.c, __bond_release_one). */
export function release(state: SimState, master: Netdev | undefined, netdev: Netdev): void {
  netdev.master = 0;
  if (!netdev.slave || !master?.bond) return;
  netdev.mtu = netdev.slave.originalMtu;
  if (master.bond.mode !== 'active-backup' || master.bond.failOverMac !== 'active')
    netdev.mac = netdev.slave.permMac;
  delete netdev.slave;
  shut(state, netdev);
  if (master.bond.active === netdev.ifindex) master.bond.active = 0;
  if (slavesOf(state, master).length === 0 && master.randomMac) giveMac(state, master, randomMac(state));
  settleBonds(state);
  evaluateLag(state);
}
