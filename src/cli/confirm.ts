import { carryOutAll } from './carry-out-all.ts';
import type { VerbHandler } from './context.ts';
import { withFleet } from './fleet.ts';

/** Keeps an applied plan that waits to be confirmed, and stops its timer. */
export const run: VerbHandler = (context) =>
  withFleet(context, 'vflane.confirm/1', (fleet) =>
    carryOutAll(context, fleet, 'confirm', () => ({ do: 'confirm' })),
  );
