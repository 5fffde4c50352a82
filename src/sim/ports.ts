import { cardOf, pfAt } from './functions.ts';
import { guid } from './macs.ts';
import type { Netdev, SimState } from './state.ts';

/** `phys_port_name`: `p0`, `pf0vf3`; '' if the driver answers EOPNOTSUPP (facts §2.4). */
export function portName(state: SimState, netdev: Netdev): string {
  const pf = pfAt(state, netdev.pci);
  if (!pf) return '';
  return netdev.kind === 'representor' ? `pf${pf.port}vf${netdev.vf}` : cardOf(state).portName(pf.port);
}

/** `phys_switch_id`: the card's GUID, one for both PFs; only in switchdev mode. */
export function switchId(state: SimState, netdev: Netdev): string {
  const pf = pfAt(state, netdev.pci);
  if (pf?.eswitch !== 'switchdev') return '';
  return guid(`switch/${state.name}`).replaceAll('-', '').slice(0, 16);
}
