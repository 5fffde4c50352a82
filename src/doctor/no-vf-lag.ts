import { finding } from '../model/catalogue.ts';
import type { LagState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { commonMaster } from './pf-link.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/** What the card says about its LAG; the same under both PFs (facts §1.1). */
function lagOf({ spec, state }: Examined): LagState | undefined {
  const lag = spec.overlay === undefined ? undefined : state.pfs.find((pf) => pf.lag !== undefined)?.lag;
  return lag === undefined || isUnseen(lag) ? undefined : lag;
}

function both({ state }: Examined): string {
  return state.pfs.map(({ pci }) => pci).join(' and ');
}

/** A LAG that is active but not a VF-LAG: a bond made in legacy mode without VFs makes one (facts §1.2). */
export const roceLag: Rule = (examined) => {
  const { state, type } = lagOf(examined) ?? {};
  if (state !== 'active' || type === undefined || type === 'switchdev') return [];
  return [
    finding(
      'VF2040',
      placeOf(examined, 'nic'),
      `${examined.host.name}: the LAG of ${both(examined)} is active, but of type ${type}: VFs do not fail over`,
      'The plan puts both ports into switchdev and waits for type switchdev. By hand, read lag/type as well as lag/state.',
    ),
  ];
};

/** The seed's second way on a stock kernel: it works, but a VF does not fail over (facts §0). */
export const noSharedFdb: Rule = (examined) => {
  const { state, type, flags } = lagOf(examined) ?? {};
  if (state !== 'active' || type !== 'switchdev' || !flags?.includes('shared_fdb:off')) return [];
  return [
    finding(
      'VF2047',
      placeOf(examined, 'nic'),
      `${examined.host.name}: the LAG of ${both(examined)} has two switches that are not joined (shared_fdb:off): VFs do not fail over`,
      'It needs an mlx5 driver with MLX5_CLS_ACT, or port metadata: devlink dev param show.',
    ),
  ];
};

const lagModes = ['active-backup', 'balance-xor', '802.3ad'];
/** Too many in firmware is a finding of its own (VF2032). */
const mostForLag = 64;

export const lagNotMade: Rule = (examined) => {
  const { pfs } = examined.state;
  const bond = commonMaster(examined.state);
  const isReady = pfs.every(
    ({ eswitch, totalVfs }) =>
      eswitch === 'switchdev' && typeof totalVfs === 'number' && totalVfs <= mostForLag,
  );
  if (lagOf(examined)?.state !== 'disabled' || !bond?.bond || !isReady) return [];
  return [
    finding(
      'VF2048',
      placeOf(examined, 'nic'),
      `${examined.host.name}: ${both(examined)} are in ${bond.name} and in switchdev, but the card has made no LAG from them: ${whyNone(examined, bond.bond.mode)}`,
      `Unbind the VFs, take a port out of ${bond.name} and put it back (down first), and read /sys/kernel/debug/mlx5/${pfs[0]?.pci}/lag/state.`,
    ),
  ];
};

function whyNone({ state }: Examined, mode: string): string {
  if (!lagModes.includes(mode)) return `it makes none with bond mode ${mode}`;
  const bound = state.pfs.flatMap(({ vfs }) => vfs.filter(({ driver }) => driver !== undefined));
  return bound.length === 0
    ? 'the kernel’s log may say why (dmesg)'
    : `a VF had a driver when it was asked to (now ${bound.map(({ pci }) => pci).join(', ')})`;
}
