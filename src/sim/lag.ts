import { devErr, printk } from './dmesg.ts';
import { allVfs, cardOf, isInUse, kernelOf } from './functions.ts';
import { renameKey } from './infiniband.ts';
import { netdevAt, ownNetdev, slavesOf } from './netdevs.ts';
import type { Lag, Netdev, SimState } from './state.ts';

/** The card's link aggregation (mlx5 lag/lag.c; facts §1.2). */
const offloadedModes = ['active-backup', 'balance-xor', '802.3ad'];
/** MLX5_LAG_MAX: with more VFs in the firmware there is no LAG. */
const maxVfsOfLag = 64;
const none: Lag = { type: 'none', sharedFdb: false };

/** Re-evaluates after an enslave, a release, or a change of mode or VF count; a firmware refusal shows only in dmesg. */
export function evaluateLag(state: SimState): void {
  const wanted = wantedLag(state);
  const current = state.lag;
  if (wanted.type === current.type && wanted.sharedFdb === current.sharedFdb) return;
  if (current.type !== 'none' && !deactivate(state)) return;
  if (wanted.type !== 'none') activate(state, wanted);
}

/** The bond over both PFs and nothing else. */
function lagBond(state: SimState): Netdev | undefined {
  const members = state.pfs.map((pf) => ownNetdev(state, pf.pci));
  const bond = netdevAt(state, members[0]?.master ?? 0);
  if (!bond?.bond || members.length !== 2) return undefined;
  const slaves = slavesOf(state, bond);
  return slaves.length === 2 && members.every((m) => m && slaves.includes(m)) ? bond : undefined;
}

/** Warnings when the second PF is enslaved, with exit code 0 (facts §1.2.5, §1.2.6). */
export function lagWarnings(state: SimState): readonly string[] {
  const bond = cardOf(state).switchdev ? lagBond(state) : undefined;
  if (!bond?.bond) return [];
  if (!offloadedModes.includes(bond.bond.mode)) {
    return ["mlx5_core: Can't activate LAG offload, TX type isn't supported"];
  }
  return state.numOfVfs > maxVfsOfLag
    ? ["mlx5_core: Can't activate LAG offload, PF is configured with more than 64 VFs"]
    : [];
}

function wantedLag(state: SimState): Lag {
  const bond = lagBond(state);
  if (!cardOf(state).switchdev || !bond?.bond || !offloadedModes.includes(bond.bond.mode)) return none;
  if (state.numOfVfs > maxVfsOfLag) return none;
  const modes = new Set(state.pfs.map((pf) => pf.eswitch));
  if (modes.size !== 1) return none;
  if (modes.has('switchdev')) return { type: 'switchdev', sharedFdb: sharesFdb(state) };
  return allVfs(state).length === 0 ? { type: 'roce', sharedFdb: false } : none;
}

/** The code that pairs the eswitches is compiled in only with CLS_ACT (facts §0, §13.4). */
function sharesFdb(state: SimState): boolean {
  return kernelOf(state).clsAct && state.pfs.every((pf) => pf.metadata);
}

const unbindFirst = 'Make sure all VFs are unbound prior to VF LAG activation or deactivation';

function deactivate(state: SimState): boolean {
  if (state.lag.type === 'switchdev' && allVfs(state).some((vf) => isInUse(state, vf))) {
    devErr(state, 'mlx5_core', firstPf(state), 'Failed to deactivate VF LAG; driver restart required');
    printk(state, unbindFirst);
    return false;
  }
  registerRdmaAgain(state, state.lag);
  state.lag = { ...none };
  return true;
}

function activate(state: SimState, wanted: Lag): void {
  const pf = firstPf(state);
  if (wanted.type === 'switchdev' && allVfs(state).some((vf) => isInUse(state, vf))) {
    const why =
      'CREATE_LAG(0x840) op_mod(0x0) failed, status bad parameter(0x3), syndrome (0x7d49cb), err(-22)';
    devErr(state, 'mlx5_core', pf, `mlx5_cmd_out_err:778:(pid 1): ${why}`);
    devErr(state, 'mlx5_core', pf, 'Failed to create LAG (-22)');
    devErr(state, 'mlx5_core', pf, 'Failed to activate VF LAG');
    printk(state, unbindFirst);
    return;
  }
  registerRdmaAgain(state, wanted);
  state.lag = { ...wanted };
  const map = lagMapping(state).map((to, i) => `port ${i + 1}:${to}`);
  devErr(state, 'mlx5_core', pf, `lag map: ${map.join(' ')}`);
  devErr(state, 'mlx5_core', pf, `shared_fdb:${wanted.sharedFdb ? 1 : 0} mode:queue_affinity`);
  if (wanted.sharedFdb) devErr(state, 'mlx5_core', pf, 'Operation mode is single FDB');
}

/** A name given to a device goes with the device (facts §0b). */
function registerRdmaAgain(state: SimState, { type, sharedFdb }: Lag): void {
  if (type !== 'roce' && !sharedFdb) return;
  for (const { pci } of state.pfs)
    for (const merged of [true, false]) delete state.rdmaNames[renameKey(pci, merged)];
}

function firstPf(state: SimState): string {
  return state.pfs[0]?.pci ?? '';
}

/** For each port, the port its traffic leaves through, from 1: the active slave's in active-backup. */
export function lagMapping(state: SimState): readonly number[] {
  const bond = lagBond(state);
  const alive = state.pfs.map((pf) => {
    const netdev = ownNetdev(state, pf.pci);
    const isActive = bond?.bond?.mode !== 'active-backup' || bond.bond.active === netdev?.ifindex;
    return isActive && netdev?.up === true && (state.cables[pf.port] ?? false);
  });
  const first = alive.indexOf(true);
  return alive.map((ok, i) => (ok || first < 0 ? i + 1 : first + 1));
}
