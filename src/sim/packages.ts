import { kernelOf } from './functions.ts';
import type { SimState } from './state.ts';

/** A host's packages by default, with their versions on Debian 12 and 13; both daemons, the plain one in use. */
const versions: { readonly [name: string]: readonly [string, string] | undefined } = {
  dpdk: ['22.11.10-1~deb12u1', '24.11.4-0+deb13u1'],
  ethtool: ['1:6.1-1', '1:6.14.2-1'],
  iproute2: ['6.1.0-3', '6.15.0-1'],
  kmod: ['30+20221128-1', '34.2-2'],
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
  'qemu-system-x86': ['1:7.2+dfsg-7+deb12u18', '1:10.0.13+ds-0+deb13u1'],
  'qemu-utils': ['1:7.2+dfsg-7+deb12u18', '1:10.0.13+ds-0+deb13u1'],
  'rdma-core': ['44.0-2', '56.1-1'],
};

/** '' if this Debian has no such package. */
export function versionOf(state: SimState, name: string): string {
  const table = Object.hasOwn(versions, name) ? versions : others;
  const both = Object.hasOwn(table, name) ? table[name] : undefined;
  return both?.[kernelOf(state).debian >= 13 ? 1 : 0] ?? '';
}

/** Known, but not installed by default. */
const others: typeof versions = {
  'libvirt-clients': ['9.0.0-4+deb12u2', '11.3.0-3'],
  'libvirt-daemon-system': ['9.0.0-4+deb12u2', '11.3.0-3'],
  ovmf: ['2022.11-6+deb12u2', '2025.02-8+deb13u1'],
  'network-manager': ['1.42.4-1', '1.52.1-1'],
  ifupdown: ['0.8.41', '0.8.44'],
  'netplan.io': ['0.106-2+deb12u1', '1.1.2-7'],
};

export const defaultPackages: readonly string[] = Object.keys(versions);

export function isInstalled(state: SimState, name: string): boolean {
  return state.packages.includes(name) && versionOf(state, name) !== '';
}

/** A package's dependencies, of the packages that the simulator knows. */
const dependencies: { readonly [name: string]: readonly string[] | undefined } = {
  'libvirt-daemon-system': ['libvirt-clients'],
  'openvswitch-switch': ['kmod', 'openvswitch-common'],
  'openvswitch-switch-dpdk': ['dpdk', 'openvswitch-switch'],
};

function dependenciesOf(name: string): readonly string[] {
  return Object.hasOwn(dependencies, name) ? (dependencies[name] ?? []) : [];
}

/** These packages and all that they depend on, dependencies first. */
export function needed(state: SimState, names: readonly string[]): readonly string[] {
  const all = names.flatMap((name) => [...needed(state, dependenciesOf(name)), name]);
  return [...new Set(all)].filter((name) => !isInstalled(state, name));
}

/** Installed packages that depend on one of these, directly or indirectly. */
export function dependants(state: SimState, names: readonly string[]): readonly string[] {
  const near = state.packages.filter(
    (one) => !names.includes(one) && dependenciesOf(one).some((name) => names.includes(name)),
  );
  return near.length === 0 ? [] : [...near, ...dependants(state, [...names, ...near])];
}

/** apt's record of automatically installed packages (apt-mark(8)). */
const statesPath = '/var/lib/apt/extended_states';

export function autoMarked(state: SimState): readonly string[] {
  const text = Object.hasOwn(state.files, statesPath) ? (state.files[statesPath] ?? '') : '';
  return [...text.matchAll(/^Package: (\S+)$/gm)].map(([, name = '']) => name);
}

export function markAuto(state: SimState, names: readonly string[]): void {
  writeMarks(state, [...new Set([...autoMarked(state), ...names])]);
}

export function markManual(state: SimState, names: readonly string[]): void {
  writeMarks(
    state,
    autoMarked(state).filter((name) => !names.includes(name)),
  );
}

function writeMarks(state: SimState, names: readonly string[]): void {
  const record = (name: string) => `Package: ${name}\nArchitecture: amd64\nAuto-Installed: 1\n\n`;
  if (names.length > 0 || Object.hasOwn(state.files, statesPath))
    state.files[statesPath] = names.map(record).join('');
}
