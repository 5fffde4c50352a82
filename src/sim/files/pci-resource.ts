import { cardOf, functionAt } from '../functions.ts';
import type { Pf, SimState, Vf } from '../state.ts';

/** Flags of a 64-bit prefetchable memory BAR, as the kernel prints them (include/linux/ioport.h). */
const prefetchable = 0x14220c;
const mib = 2 ** 20;

function line(start: number, bytes: number, flags: number): string {
  const hex = (value: number) => `0x${value.toString(16).padStart(16, '0')}`;
  return bytes === 0
    ? `${hex(0)} ${hex(0)} ${hex(0)}\n`
    : `${hex(start)} ${hex(start + bytes - 1)} ${hex(flags)}\n`;
}

const none = line(0, 0, 0);

/** Six BARs, the ROM, and six windows for VFs: 2^VF_LOG_BAR_SIZE MiB for each VF of the firmware (facts §6.2). */
export function resourceOf(state: SimState, fn: Pf | Vf): string {
  const isPf = 'port' in fn;
  const own = isPf ? line(0x3c000000000 + fn.port * 32 * mib, 32 * mib, prefetchable) : line(0, 0, 0);
  const forVfs = isPf ? line(0x3c008000000 + fn.port * 256 * mib, state.numOfVfs * mib, prefetchable) : none;
  return [own, ...Array<string>(6).fill(none), forVfs, ...Array<string>(5).fill(none)].join('');
}

/** A bridge has four more: the windows that it forwards to the slot. */
export function rootPortResource(state: SimState): string {
  const wanted = state.pfs.length * (32 + state.numOfVfs) * mib;
  // The BIOS assigns what was requested at boot, rounded up to a power of two.
  const given =
    wanted === 0 || !functionAt(state, `${cardOf(state).slot}.0`) ? 0 : 2 ** Math.ceil(Math.log2(wanted));
  const window = line(0x3c000000000, given, prefetchable);
  return [...Array<string>(13).fill(none), none, none, window, none].join('');
}
