import { cardOf, kernelOf } from './functions.ts';
import type { Pf, SimState, Vf } from './state.ts';

/** udev's names for netdevs (systemd.net-naming-scheme; facts §2.4). */
export function pfName(state: SimState, pf: Pf): string {
  const card = cardOf(state);
  const shown = state.swapped === 'names' ? otherPort(pf) : pf;
  if (card.netdevNames) return card.netdevNames[shown.port];
  const port = card.portName(shown.port);
  return `${slotName(shown)}${port && `n${port}`}`;
}

function otherPort(pf: Pf): Pick<Pf, 'pci' | 'port'> {
  return { pci: `${pf.pci.slice(0, -1)}${1 - pf.port}`, port: pf.port === 0 ? 1 : 0 };
}

export function vfName(pf: Pf, vf: Vf): string {
  return `${slotName(pf)}v${vf.index}`;
}

/** Representors: `r0` since systemd 255, `npf0vf0` before. */
export function representorName(state: SimState, pf: Pf, vf: Vf): string {
  const suffix = kernelOf(state).systemd >= 255 ? `r${vf.index}` : `npf${pf.port}vf${vf.index}`;
  return `${slotName(pf)}${suffix}`;
}

function slotName(pf: Pick<Pf, 'pci'>): string {
  const [, bus = '', rest = ''] = pf.pci.split(':');
  const [device = '', fn = ''] = rest.split('.');
  return `enp${Number.parseInt(bus, 16)}s${Number.parseInt(device, 16)}f${fn}`;
}

/** Debian 13's udev adds `enx<MAC>` to netdevs whose MAC is not random (99-default.link, policy "mac"). */
export function altNames(state: SimState, mac: string, random: boolean): string[] {
  if (random || kernelOf(state).debian < 13) return [];
  const name = `enx${mac.replaceAll(':', '')}`;
  return state.netdevs.some((n) => n.ns === '' && n.altNames.includes(name)) ? [] : [name];
}
