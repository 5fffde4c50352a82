import { cardOf, kernelOf } from './functions.ts';
import type { Pf, SimState, Vf } from './state.ts';

/** What udev calls netdevs (systemd.net-naming-scheme; facts §2.4). */
export function pfName(state: SimState, pf: Pf): string {
  const card = cardOf(state);
  if (card.netdevNames) return card.netdevNames[pf.port];
  const port = card.portName(pf.port);
  return `${slotName(pf)}${port && `n${port}`}`;
}

export function vfName(pf: Pf, vf: Vf): string {
  return `${slotName(pf)}v${vf.index}`;
}

/** Representors: `r0` since systemd 255, `npf0vf0` before. */
export function representorName(state: SimState, pf: Pf, vf: Vf): string {
  const suffix = kernelOf(state).systemd >= 255 ? `r${vf.index}` : `npf${pf.port}vf${vf.index}`;
  return `${slotName(pf)}${suffix}`;
}

function slotName(pf: Pf): string {
  const [, bus = '', rest = ''] = pf.pci.split(':');
  const [device = '', fn = ''] = rest.split('.');
  return `enp${Number.parseInt(bus, 16)}s${Number.parseInt(device, 16)}f${fn}`;
}

/** Debian 13's udev adds `enx<MAC>` to netdevs whose MAC was not invented (99-default.link, policy "mac"). */
export function altNames(state: SimState, mac: string, random: boolean): string[] {
  if (random || kernelOf(state).debian < 13) return [];
  const name = `enx${mac.replaceAll(':', '')}`;
  return state.netdevs.some((n) => n.ns === '' && n.altNames.includes(name)) ? [] : [name];
}
