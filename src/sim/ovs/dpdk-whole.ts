import { cardOf, functionAt, kernelOf, pfAt } from '../functions.ts';
import { burntIn } from '../macs.ts';
import { isInstalled } from '../packages.ts';
import type { SimState } from '../state.ts';
import type { Vswitchd } from './state.ts';

/** A port's kernel driver → DPDK's driver that takes the port whole through vfio-pci, and its package less the ABI. */
const drivers: { readonly [pfDriver: string]: readonly [driver: string, start: string] | undefined } = {
  igb: ['net_e1000_igb', 'librte-net-e1000-'],
};

/** A port that DPDK drives itself: there is no netdev behind it. */
export interface WholePort {
  readonly pci: string;
  readonly mac: string;
  readonly mtu: number;
  readonly hasLink: boolean;
  readonly driver: string;
}

/** Whether DPDK can drive this function itself: it is on vfio-pci, and DPDK's driver is installed. */
export function isWhole(state: SimState, pci: string): boolean {
  const [, start] = drivers[cardOf(state).pfDriver] ?? [];
  const abi = kernelOf(state).debian >= 13 ? 25 : 23;
  const isBound = pfAt(state, pci) !== undefined && functionAt(state, pci)?.driver === 'vfio-pci';
  return isBound && start !== undefined && isInstalled(state, `${start}${abi}`);
}

/** The whole port behind a working OVS port. */
export function wholePort(
  state: SimState,
  daemon: Vswitchd | undefined,
  name: string,
): WholePort | undefined {
  const taken = daemon?.wholePorts?.[name];
  const pf = taken && pfAt(state, taken.pci);
  if (!taken || pf?.driver !== 'vfio-pci') return undefined;
  const card = cardOf(state);
  const [driver = ''] = drivers[card.pfDriver] ?? [];
  const mac = burntIn(card.ouis, state.name, pf.port);
  return { pci: pf.pci, mac, mtu: taken.mtu, hasLink: state.cables[pf.port] ?? false, driver };
}

/** vfio-pci releases a function only once its user has closed it (vfio_main.c, vfio_unregister_group_dev). */
export function holdsWhole(state: SimState, pci: string): boolean {
  return (
    state.ovs.daemon?.devices.some((device) => device.pci === pci && device.registration === whole) ?? false
  );
}

export const whole = 'vfio';
