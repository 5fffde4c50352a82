import type { SimState } from '../state.ts';
import type { GuestTraits, Machine } from './machine.ts';

/** Sets how the guest of this name behaves from now on. */
export function setGuestTraits(state: SimState, guest: string, traits: GuestTraits): void {
  state.guestTraits ??= {};
  state.guestTraits[guest] = { ...traits };
}

export function traitsOf(state: SimState, { name }: Pick<Machine, 'name'>): GuestTraits {
  const { guestTraits = {} } = state;
  return Object.hasOwn(guestTraits, name) ? (guestTraits[name] ?? {}) : {};
}
