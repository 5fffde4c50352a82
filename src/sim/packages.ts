import { kernelOf } from './functions.ts';
import type { SimState } from './state.ts';

/** What a host has when nothing else is said, with its versions on Debian 12 and 13; both daemons, the plain one in use. */
const versions: { readonly [name: string]: readonly [string, string] | undefined } = {
  dpdk: ['22.11.10-1~deb12u1', '24.11.4-0+deb13u1'],
  ethtool: ['1:6.1-1', '1:6.14.2-1'],
  iproute2: ['6.1.0-3', '6.15.0-1'],
  'librte-mempool-ring25': ['', '24.11.4-0+deb13u1'],
  'librte-net-e1000-25': ['', '24.11.4-0+deb13u1'],
  'librte-net-mlx5-25': ['', '24.11.4-0+deb13u1'],
  'librte-mempool-ring23': ['22.11.10-1~deb12u1', ''],
  'librte-net-e1000-23': ['22.11.10-1~deb12u1', ''],
  'librte-net-mlx5-23': ['22.11.10-1~deb12u1', ''],
  nftables: ['1.0.6-2+deb12u2', '1.1.3-1'],
  'openvswitch-common': ['3.1.0-2+deb12u1', '3.5.0-1+b1'],
  'openvswitch-switch': ['3.1.0-2+deb12u1', '3.5.0-1+b1'],
  'openvswitch-switch-dpdk': ['3.1.0-2+deb12u1', '3.5.0-1+b1'],
  'rdma-core': ['44.0-2', '56.1-1'],
};

/** '' where this Debian has no such package. */
export function versionOf(state: SimState, name: string): string {
  const both = Object.hasOwn(versions, name) ? versions[name] : undefined;
  return both?.[kernelOf(state).debian >= 13 ? 1 : 0] ?? '';
}

export const defaultPackages: readonly string[] = Object.keys(versions);

export function isInstalled(state: SimState, name: string): boolean {
  return state.packages.includes(name) && versionOf(state, name) !== '';
}
