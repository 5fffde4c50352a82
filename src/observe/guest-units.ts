import type { HostReader } from '../host/host.ts';
import { guestPaths } from '../model/guest-paths.ts';
import type { UnitState } from '../model/machine-state.ts';
import type { Seen } from '../model/unseen.ts';
import { seen } from './look.ts';

const properties = ['Id', 'LoadState', 'ActiveState', 'Result', 'NeedDaemonReload'];

/** The units of guests, all in one query. */
export async function observeGuestUnits(
  reader: HostReader,
  guests: readonly string[],
): Promise<(guest: string) => Seen<UnitState>> {
  if (guests.length === 0) return () => ({ unseen: 'no unit was asked about' });
  const units = guests.map((guest) => guestPaths(guest).unit);
  const shown = await seen(async () => {
    const argv = ['systemctl', 'show', `--property=${properties.join(',')}`, ...units];
    return parseUnits((await reader.query(argv)).stdout);
  });
  return (guest) => {
    if ('unseen' in shown) return shown;
    return (
      shown.units.get(guestPaths(guest).unit) ?? { unseen: `systemctl shows no ${guestPaths(guest).unit}` }
    );
  };
}

/** Blocks of `Key=Value` lines with an empty line between (systemctl(1), show). */
export function parseUnits(stdout: string): { readonly units: ReadonlyMap<string, UnitState> } {
  const blocks = stdout.split(/\n{2,}/).map(parseBlock);
  return {
    units: new Map(
      blocks.flatMap((of) => {
        const id = of.get('Id');
        return id === undefined ? [] : [[id, unitOf(of)] as const];
      }),
    ),
  };
}

function parseBlock(block: string): ReadonlyMap<string, string> {
  return new Map(
    block.split('\n').flatMap((line) => {
      const equals = line.indexOf('=');
      return equals < 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1)] as const];
    }),
  );
}

function unitOf(of: ReadonlyMap<string, string>): UnitState {
  return {
    active: of.get('ActiveState') ?? '',
    result: of.get('Result') ?? '',
    isStale: of.get('NeedDaemonReload') === 'yes',
  };
}
