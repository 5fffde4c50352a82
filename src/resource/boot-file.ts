import type { Action } from '../model/plan.ts';
import { grubFile } from '../model/preparation.ts';
import type { Resource } from './resource.ts';

const folderOf = (path: string) => path.replace(/\/[^/]*$/, '');

/** GRUB reads what `update-grub` made of the file. It looks for other systems on every disk. */
const update: Action = { run: ['update-grub'], timeoutMs: 300_000 };

/** A file of vflane's own that takes effect at the next start of the host. */
export const bootFile: Resource = {
  kind: 'boot-file',
  timeoutMs: 10_000,
  apart: true,
  wanted: ({ preparation }) => Object.entries(preparation?.files ?? {}).map(([at, value]) => ({ at, value })),
  there: ({ bootFiles = {} }) => Object.entries(bootFiles).map(([at, value]) => ({ at, value })),
  move: (at, _from, to) => {
    const actions: readonly Action[] =
      typeof to === 'string'
        ? [{ run: ['mkdir', '-p', folderOf(at)] }, { write: at, text: to }]
        : [{ run: ['rm', '-f', at] }];
    return at === grubFile ? { actions, once: [update] } : { actions };
  },
  settled: (at, to) => (typeof to === 'string' ? [{ read: at, is: to.trim() }] : [{ link: at, is: '' }]),
  why: (_from, to) =>
    to === null
      ? 'Let the host start as before.'
      : 'Write what takes effect at the host’s next start, and not before.',
};
