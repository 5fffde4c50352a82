import { release } from './enslave.ts';
import { cardOf, vfAt } from './functions.ts';
import { zeroMac } from './macs.ts';
import { netdevAt, slavesOf } from './netdevs.ts';
import type { Netdev, SimState } from './state.ts';
import { forgetSysctls } from './sysctls.ts';
import { shut } from './vlans.ts';

/** Unregisters a netdev: it releases its slaves first; VLANs on it and its veth peer go with it. */
export function removeNetdev(state: SimState, netdev: Netdev): void {
  for (const slave of slavesOf(state, netdev)) release(state, netdev, slave);
  if (netdev.master) release(state, netdevAt(state, netdev.master), netdev);
  state.netdevs = state.netdevs.filter((n) => n !== netdev);
  forgetSysctls(state, netdev);
  state.routes = state.routes.filter((route) => route.ifindex !== netdev.ifindex);
  const gone = state.netdevs.filter(
    (n) => n.peer === netdev.ifindex && (n.kind === 'vlan' || n.kind === 'veth'),
  );
  for (const upper of gone) removeNetdev(state, upper);
}

/** Closes a netdev, with what a VF's driver does in addition. */
export function close(state: SimState, netdev: Netdev): void {
  if (netdev.up) resetVf(state, netdev);
  shut(state, netdev);
}

/** igbvf asks its PF for the MAC again whenever it is closed (igbvf/netdev.c, igbvf_reset); mlx5 only when it probes. */
function resetVf(state: SimState, netdev: Netdev): void {
  const mac = netdev.kind === 'vf' ? vfAt(state, netdev.pci)?.vf.admin.mac : undefined;
  if (cardOf(state).vfMayChangeMac || mac === undefined || mac === zeroMac) return;
  netdev.mac = mac;
  netdev.permMac = mac;
  netdev.randomMac = false;
}
