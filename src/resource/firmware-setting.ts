import type { Json } from '../model/json.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import type { Placed, Resource } from './resource.ts';

/** A setting of a card as it will be after its next reset, by the card's first PF: `0000:03:00.0/NUM_OF_VFS`. */
export const firmwareSetting: Resource = {
  kind: 'firmware-setting',
  timeoutMs: 10_000,
  apart: true,
  unheld: true,
  wanted: () => [],
  there: ({ firmware = {} }) =>
    Object.entries(firmware).flatMap(([pci, { settings }]): Placed<Json | Unseen>[] =>
      isUnseen(settings)
        ? [{ at: `${pci}/*`, value: settings }]
        : Object.entries(settings.byName).map(([name, { next }]) => ({ at: `${pci}/${name}`, value: next })),
    ),
  move: (at, _from, to) => {
    const [pci = '', name = ''] = at.split('/');
    return to === null ? { actions: [] } : { settings: [`${name}=${String(to)}`], card: pci };
  },
  settled: () => [],
  together: (at) => at.split('/')[0] ?? '',
  why: () =>
    'Change the card’s settings. They take effect at the card’s next reset, or the next start of the host.',
};
