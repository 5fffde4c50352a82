import { devErr } from './dmesg.ts';
import { Refusal } from './errno.ts';
import { cardOf, isInUse } from './functions.ts';
import { evaluateLag } from './lag.ts';
import { ownNetdev } from './netdevs.ts';
import { addRepresentor, removeRepresentors } from './probe.ts';
import type { Pf, SimState } from './state.ts';

/** eswitch_offloads.c, mlx5_devlink_eswitch_mode_set (facts §2.1, §13.2). */
export function setEswitchMode(state: SimState, pf: Pf, mode: Pf['eswitch']): void {
  if (pf.eswitch === mode) return;
  if (mode === 'switchdev') toSwitchdev(state, pf);
  else toLegacy(state, pf);
  evaluateLag(state);
}

function toSwitchdev(state: SimState, pf: Pf): void {
  if (pf.vfs.some((vf) => isInUse(state, vf))) throw refuseBound(state, pf);
  pf.eswitch = 'switchdev';
  setChannels(state, pf, 1);
  for (const vf of pf.vfs) {
    // Existing VFs lose their link until their representor is up (facts §4.3).
    vf.admin.linkState = 'disable';
    addRepresentor(state, pf, vf);
  }
}

function refuseBound(state: SimState, pf: Pf): Refusal {
  const why =
    'CREATE_FLOW_TABLE(0x930) op_mod(0x0) failed, status bad parameter(0x3), syndrome (0x98afbb), err(-22)';
  devErr(state, 'mlx5_core', pf.pci, `mlx5_cmd_out_err:778:(pid 1): ${why}`);
  devErr(state, 'mlx5_core', pf.pci, 'Failed to create slow path FDB Table err -22');
  return new Refusal('EINVAL', 'mlx5_core: Failed setting eswitch to offloads');
}

function toLegacy(state: SimState, pf: Pf): void {
  removeRepresentors(state, pf);
  pf.eswitch = 'legacy';
  setChannels(state, pf, cardOf(state).channels);
  for (const vf of pf.vfs) vf.admin.linkState = 'auto';
}

/** The netdev gets a new profile: the representor profile has one channel (facts §5). */
function setChannels(state: SimState, pf: Pf, channels: number): void {
  const netdev = ownNetdev(state, pf.pci);
  if (!netdev) return;
  netdev.channels = channels;
  netdev.hwTc = pf.eswitch === 'switchdev';
}

/** Settable only while nothing depends on it (facts §1.4). */
export function setPortMetadata(state: SimState, pf: Pf, on: boolean): void {
  if (pf.eswitch === 'switchdev' || pf.vfs.length > 0) {
    throw new Refusal('EBUSY', 'mlx5_core: E-Switch must either disabled or non switchdev mode');
  }
  pf.metadata = on;
  evaluateLag(state);
}
