import { nowMs } from '../clock.ts';
import type { SimState } from '../state.ts';
import type { Active, Unit } from './state.ts';

/** Sets a unit's state, with the times that `systemctl show` prints. */
export function setActive(state: SimState, unit: Unit, active: Active, sub: string): void {
  const now = nowMs(state);
  if (active !== unit.active) {
    unit.changedMs = now;
    if (active === 'active') unit.activeEnterMs = now;
    if (unit.active === 'active') unit.activeExitMs = now;
    if (active === 'inactive' || active === 'failed') unit.inactiveEnterMs = now;
  }
  unit.active = active;
  unit.sub = sub;
}
