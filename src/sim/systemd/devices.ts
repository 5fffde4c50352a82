import type { SimState } from '../state.ts';
import { pathExists } from './conditions.ts';
import { unescapeName } from './unit-name.ts';

export function isDevice(unit: string): boolean {
  return unit.endsWith('.device');
}

/** A device unit is active while its path in sysfs or /dev exists; a netdev's is found by name. */
export function isThere(state: SimState, unit: string): boolean {
  const path = `/${unescapeName(unit.replace(/\.device$/, ''))}`;
  const netdev = /^\/sys\/subsystem\/net\/devices\/(.+)$/.exec(path)?.[1];
  if (netdev === undefined) return pathExists(state, path);
  return state.netdevs.some((n) => n.ns === '' && n.name === netdev);
}
