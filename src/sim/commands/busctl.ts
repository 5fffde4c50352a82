import type { SimState } from '../state.ts';
import { unitNow } from '../systemd/manager.ts';
import { needsReload } from '../systemd/unit.ts';
import { failed, type Program, said } from './program.ts';
import { own } from './words.ts';

/** `busctl --json=short get-property` of a unit: as systemd has loaded it, not as it is on disk. */
export const busctl: Program = ({ state, argv }) => {
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  const [verb, service, path = '', unitType, name = ''] = words;
  if (verb !== 'get-property') return failed(1, `Unknown command verb ${verb ?? ''}.\n`);
  const unit = unitAt(path);
  if (service !== 'org.freedesktop.systemd1' || unit === undefined)
    return failed(1, `Failed to get property ${name} on interface ${unitType}: Unknown object '${path}'.\n`);
  const value = own(properties, name)?.(state, unit);
  return value === undefined
    ? failed(1, `Failed to get property ${name} on interface ${unitType}: Unknown interface or property.\n`)
    : said(`${JSON.stringify(value)}\n`);
};

/** sd_bus_path_decode(3). */
function unitAt(path: string): string | undefined {
  const escaped = /^\/org\/freedesktop\/systemd1\/unit\/(\w+)$/.exec(path)?.[1];
  return escaped?.replace(/_([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

type Property = (state: SimState, unit: string) => { readonly type: string; readonly data: unknown };

const properties: { readonly [name: string]: Property | undefined } = {
  DropInPaths: (state, unit) => ({ type: 'as', data: unitNow(state, unit).dropIns }),
  NeedDaemonReload: (state, unit) => ({ type: 'b', data: needsReload(state, unitNow(state, unit)) }),
};
