import { isUnseen } from '../model/unseen.ts';
import type { Resource } from './resource.ts';

/**
 * A package of the host's own system, which `prepare` installs. Each dependency is a place of its own, so that the
 * way back removes exactly these; dpkg refuses that if something else has come to need one.
 */
export const systemPackage: Resource = {
  kind: 'package',
  timeoutMs: 10_000,
  apart: true,
  wanted: ({ preparation }) => Object.entries(preparation?.packages ?? {}).map(placed),
  there: ({ packages = {} }) =>
    isUnseen(packages) ? [{ at: '*', value: packages }] : Object.entries(packages).map(placed),
  move: (at, _from, to) => (to === null ? { uninstall: [at] } : { install: to === 'manual' ? [at] : [] }),
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Remove what was installed for vflane, and nothing that was there before.'
      : 'Install what the datapath needs and the host lacks.',
};

function placed([at, value]: readonly [string, string]) {
  return { at, value };
}
