import { finding } from '../model/catalogue.ts';
import { type DpdkParts, isUnseen } from '../model/host-state.ts';
import { placeOf, type Rule } from './rule.ts';

/** The number in DPDK's packages is its ABI's: 22.11 in Debian 12, 24.11 in Debian 13 (facts §7.1). */
const abis: ReadonlyMap<number, number> = new Map([
  [12, 23],
  [13, 25],
]);

const daemon = '/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk';

/** What ovs-dpdk needs installed; two of the packages are Recommends only, and nothing says so but a port that fails. */
export const dpdkPartsMissing: Rule = (examined) => {
  const { dpdkParts: parts, ovs } = examined.state;
  const isAbsent = isUnseen(ovs) && ovs.lacks === 'program';
  if (examined.spec.overlay?.dpdk === undefined || parts === undefined || isUnseen(parts)) return [];
  const missing = missingOf(parts);
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
      `${examined.host.name}: openvswitch-switch-dpdk is installed, and Debian's alternative ovs-vswitchd does not offer ${daemon}`,
      'Put its files back: apt-get install --reinstall openvswitch-switch-dpdk; then look: update-alternatives --query ovs-vswitchd',
    ),
  ];
};

function missingOf({ debian, packages }: DpdkParts): readonly string[] {
  const abi = debian === undefined ? undefined : abis.get(debian);
  const wanted = [
    { start: 'openvswitch-switch-dpdk', name: 'openvswitch-switch-dpdk' },
    { start: 'librte-net-mlx5-', name: `librte-net-mlx5-${abi ?? '*'}` },
    { start: 'librte-mempool-ring', name: `librte-mempool-ring${abi ?? '*'}` },
  ];
  return wanted
    .filter(
      ({ start, name }) =>
        !packages.some((one) => (abi === undefined ? one.startsWith(start) : one === name)),
    )
    .map(({ name }) => name);
}

/** For a shell, where the release is not known. */
function quoted(name: string): string {
  return name.includes('*') ? `'${name}'` : name;
}
