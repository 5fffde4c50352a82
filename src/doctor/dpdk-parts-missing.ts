import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { FunctionState } from '../model/host-state.ts';
import { ledgerKey } from '../model/ledger.ts';
import type { DpdkParts } from '../model/ovs-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/** The number in DPDK's packages is its ABI's: 22.11 in Debian 12, 24.11 in Debian 13 (facts §7.1). */
const abis: ReadonlyMap<number, number> = new Map([
  [12, 23],
  [13, 25],
]);

/** Kernel driver → DPDK's for the same cards, by its Debian package (DPDK, "Network Interface Controller Drivers"). */
const drivers: ReadonlyMap<string, string> = new Map([
  ['mlx5_core', 'mlx5'],
  ['mlx4_core', 'mlx4'],
  ['igb', 'e1000'],
  ['e1000', 'e1000'],
  ['e1000e', 'e1000'],
  ['igc', 'igc'],
  ['ixgbe', 'ixgbe'],
  ['i40e', 'i40e'],
  ['ice', 'ice'],
  ['bnxt_en', 'bnxt'],
  ['ena', 'ena'],
  ['atlantic', 'atlantic'],
  ['virtio-pci', 'virtio'],
  ['vmxnet3', 'vmxnet3'],
]);

const daemon = '/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk';

/** What ovs-dpdk needs installed; two of the packages are only Recommends, which shows only in a port that fails. */
export const dpdkPartsMissing: Rule = (examined) => {
  const { dpdkParts: parts, ovs } = examined.state;
  const isAbsent = isUnseen(ovs) && ovs.lacks === 'program';
  if (examined.spec.overlay?.dpdk === undefined || parts === undefined || isUnseen(parts)) return [];
  const undriven = functionsWithout(examined);
  if (undriven.length > 0) return undriven;
  const missing = missingOf(parts, cardDrivers(examined));
  if (missing.length > 0) {
    const message = `${examined.host.name}: ovs-dpdk needs ${missing.join(' and ')}, which ${missing.length === 1 ? 'is' : 'are'} not installed`;
    const install = (isAbsent ? ['openvswitch-switch', ...missing] : missing).map(quoted);
    const hint = `Install: apt-get install ${install.join(' ')}`;
    return [finding('VF2052', placeOf(examined, 'datapath'), message, hint)];
  }
  if (parts.daemons.includes(daemon)) return [];
  return [
    finding(
      'VF2053',
      placeOf(examined, 'datapath'),
      `${examined.host.name}: openvswitch-switch-dpdk is installed, but Debian's alternative ovs-vswitchd does not offer ${daemon}`,
      'Put its files back: apt-get install --reinstall openvswitch-switch-dpdk; then look: update-alternatives --query ovs-vswitchd',
    ),
  ];
};

/** Which of DPDK's drivers the host's cards need. */
function cardDrivers(examined: Examined): readonly string[] {
  if (examined.host.nic.kind === 'pfs') return ['mlx5'];
  const functions = examined.state.functions ?? [];
  return [...new Set(functions.flatMap((one) => drivers.get(kernelDriver(examined, one) ?? '') ?? []))];
}

/** The kernel driver of a port; of one that DPDK has, the driver it had before. */
function kernelDriver({ ledger }: Examined, { pci, driver }: FunctionState): string | undefined {
  if (driver !== 'vfio-pci') return driver;
  const was = ledger?.entries.get(ledgerKey('port-driver', pci))?.was ?? '';
  if (typeof was === 'string') return was === '' ? undefined : was;
  return typeof was === 'object' && 'driver' in was ? `${was.driver}` : undefined;
}

function functionsWithout(examined: Examined): readonly Finding[] {
  return (examined.state.functions ?? []).flatMap((one) => {
    const driver = kernelDriver(examined, one);
    if (driver === undefined || drivers.has(driver)) return [];
    const names = one.netdev === undefined ? '' : `, such as ${one.netdev}`;
    return [
      finding(
        'VF2068',
        placeOf(examined, 'underlay', 'ports'),
        `${examined.host.name}: vflane knows no DPDK driver for ${one.pci}, which ${driver} drives`,
        `Name its netdev in ports${names}: Open vSwitch takes it without DPDK.`,
      ),
    ];
  });
}

function missingOf({ debian, packages }: DpdkParts, cards: readonly string[]): readonly string[] {
  const abi = debian === undefined ? undefined : abis.get(debian);
  return partsOf(abi, cards)
    .filter(
      ({ start, name }) =>
        !packages.some((one) => (abi === undefined ? one.startsWith(start) : one === name)),
    )
    .map(({ name }) => name);
}

function partsOf(abi: number | undefined, cards: readonly string[]) {
  return [
    { start: 'openvswitch-switch-dpdk', name: 'openvswitch-switch-dpdk' },
    ...cards.map(ofDriver).map((start) => ({ start, name: `${start}${abi ?? '*'}` })),
    { start: 'librte-mempool-ring', name: `librte-mempool-ring${abi ?? '*'}` },
  ];
}

/** The packages of DPDK's that this host needs on this Debian; none if it needs no DPDK, or the release is unknown. */
export function dpdkPackages(examined: Examined, debian: number): readonly string[] {
  const abi = abis.get(debian);
  if (examined.spec.overlay?.dpdk === undefined || abi === undefined) return [];
  return partsOf(abi, cardDrivers(examined)).map(({ name }) => name);
}

/** Debian puts a hyphen before the ABI's number if the driver's name ends in a digit. */
function ofDriver(name: string): string {
  return `librte-net-${name}${/\d$/.test(name) ? '-' : ''}`;
}

/** A shell pattern, for an unknown release. */
function quoted(name: string): string {
  return name.includes('*') ? `'${name}'` : name;
}
