import { release } from './enslave.ts';
import { Refusal } from './errno.ts';
import { pfAt, vfAt } from './functions.ts';
import { vfName } from './naming.ts';
import { addNetdev, nameInUse, netdevAt, refuseCollision } from './netdevs.ts';
import { close, removeNetdev } from './remove.ts';
import type { Netdev, SimState } from './state.ts';
import { forgetSysctls, takeDefaults } from './sysctls.ts';

export function hasNamespace(state: SimState, ns: string): boolean {
  return ns === '' || state.namespaces.includes(ns);
}

export function addNamespace(state: SimState, ns: string): void {
  state.namespaces.push(ns);
  state.namespaceFolder = true;
  addNetdev(state, loopback(ns, 1));
}

export function loopback(ns: string, ifindex: number): Parameters<typeof addNetdev>[1] {
  return {
    kind: 'loopback',
    name: 'lo',
    mac: '00:00:00:00:00:00',
    ns,
    ifindex,
    mtu: 65536,
    maxMtu: 0x7fffffff,
  };
}

/** Hardware netdevs come back to the host, down and without addresses; the others go with the namespace. */
export function deleteNamespace(state: SimState, ns: string): void {
  state.namespaces = state.namespaces.filter((name) => name !== ns);
  for (const netdev of state.netdevs.filter((n) => n.ns === ns)) {
    if (netdev.pci === '') removeNetdev(state, netdev);
    else comeBack(state, netdev);
  }
  state.routes = state.routes.filter((route) => route.ns !== ns);
}

/** net/core/dev.c, default_device_exit_net. */
function comeBack(state: SimState, netdev: Netdev): void {
  leave(state, netdev);
  if (nameInUse(state, '', netdev.name)) netdev.name = `dev${netdev.ifindex}`;
  netdev.altNames = netdev.altNames.filter((name) => !nameInUse(state, '', name));
  changeNamespace(state, netdev, '');
  addPathName(state, netdev);
}

/** udev keeps the netdev's present name, and adds its own as an alternative. */
function addPathName(state: SimState, netdev: Netdev): void {
  const found = vfAt(state, netdev.pci);
  const name = found && vfName(found.pf, found.vf);
  if (name !== undefined && !nameInUse(state, '', name)) netdev.altNames.push(name);
}

function changeNamespace(state: SimState, netdev: Netdev, ns: string): void {
  forgetSysctls(state, netdev);
  netdev.ns = ns;
  takeDefaults(state, netdev);
}

function leave(state: SimState, netdev: Netdev): void {
  if (netdev.master) release(state, netdevAt(state, netdev.master), netdev);
  close(state, netdev);
  netdev.addresses = [];
}

/** net/core/dev.c, dev_change_net_namespace: closed, released, without addresses; names must be free there. */
export function moveNetdev(state: SimState, netdev: Netdev, ns: string, rename: string | undefined): void {
  if (netdev.ns === ns) return;
  if (isImmovable(state, netdev)) throw new Refusal('EINVAL');
  const taken = state.netdevs.some(
    (n) => n.ns === ns && (n.name === netdev.name || n.altNames.includes(netdev.name)),
  );
  const name = taken && rename !== undefined ? rename : netdev.name;
  refuseCollision(state, netdev, ns, [name, ...netdev.altNames]);
  leave(state, netdev);
  netdev.name = name;
  changeNamespace(state, netdev, ns);
  // The kernel keeps the ifindex if it is free there; here it always is, as numbers are never reused.
}

function isImmovable(state: SimState, netdev: Netdev): boolean {
  if (netdev.kind === 'pf') return pfAt(state, netdev.pci)?.eswitch === 'switchdev';
  return ['loopback', 'bond', 'bridge', 'representor'].includes(netdev.kind);
}
