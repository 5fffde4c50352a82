import { templateText } from '../guest/guest-unit.ts';
import { powerScript } from '../guest/power-script.ts';
import { guestTemplate as paths } from '../model/guest-paths.ts';
import type { Action } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { machinesIn } from './machine-text.ts';
import type { Resource } from './resource.ts';

type Template = { readonly unit: string | null; readonly power: string | null };

const none: Template = { unit: null, power: null };

/** The template unit of the guests under systemd, and the script that shuts a guest down; the same on every host. */
export const vmTemplate: Resource = {
  kind: 'vm-template',
  timeoutMs: 10_000,
  wanted: (spec) => {
    const bySystemd = machinesIn(spec, 'systemd').length > 0;
    if (!bySystemd && machinesIn(spec, 'libvirt').length === 0) return [];
    return [{ at: unit, value: { unit: bySystemd ? templateText : null, power: powerScript } }];
  },
  there: ({ machines }) => {
    if (machines === undefined) return [];
    const { template, power } = machines;
    if (isUnseen(template)) return [{ at: unit, value: template }];
    if (isUnseen(power)) return [{ at: unit, value: power }];
    const value = template === null && power === null ? null : { unit: template, power };
    return [{ at: unit, value }];
  },
  move: (_at, from, to) => ({ actions: change((from ?? none) as Template, (to ?? none) as Template) }),
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Remove what starts and stops guests.'
      : (to as Template).unit === null
        ? 'Install what shuts a guest down, and switches it off if it ignores its power button.'
        : 'Give systemd the template unit of guests, and what shuts a guest down.',
};

const unit = paths.path.slice(paths.path.lastIndexOf('/') + 1);

function change(from: Template, to: Template): readonly Action[] {
  return [
    ...(to.power === null ? [] : [{ run: ['mkdir', '-p', paths.folder] }]),
    put(paths.power, to.power),
    ...(from.unit === to.unit ? [] : [put(paths.path, to.unit), { run: ['systemctl', 'daemon-reload'] }]),
  ];
}

function put(path: string, text: string | null): Action {
  return text === null ? { run: ['rm', '-f', path] } : { write: path, text };
}
