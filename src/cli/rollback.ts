import { carryOutAll } from './carry-out-all.ts';
import type { VerbHandler } from './context.ts';
import { withFleet } from './fleet.ts';

/** Takes an interrupted or unconfirmed plan back. */
export const run: VerbHandler = (context) =>
  withFleet(context, 'vflane.rollback/1', (fleet) =>
    carryOutAll(context, fleet, 'rollback', () => ({ do: 'rollback' })),
  );
