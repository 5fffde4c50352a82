import { withLookups } from '../guest/vf-token.ts';
import { guestPaths } from '../model/guest-paths.ts';
import type { Json } from '../model/json.ts';
import type { DomainState } from '../model/machine-state.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import { folderFor, variablesFor } from './machine-folder.ts';
import { asWritten, definitionOf, machinesIn } from './machine-text.ts';
import type { Placed, Resource } from './resource.ts';

/** How libvirt is told to make a change. */
export const virsh = ['virsh', '--connect=qemu:///system'] as const;

/** A guest as a libvirt domain. Its text is kept on the host; a digest in the domain itself says whether it was defined from that text. */
export const vmDomain: Resource = {
  kind: 'vm-domain',
  timeoutMs: 20_000,
  made: true,
  wanted: (spec, state) =>
    machinesIn(spec, 'libvirt').map((one) => ({ at: one.name, value: definitionOf(one, spec, state) })),
  there: (state) =>
    Object.entries(state.machines?.guests ?? {}).flatMap(
      ([at, { domain }]): readonly Placed<Json | Unseen>[] => {
        if (domain === undefined) return [];
        if (domain === null || isUnseen(domain)) return [{ at, value: domain }];
        return [{ at, value: seen(domain, (text) => asWritten(text, state)) }];
      },
    ),
  replaced: () => true,
  move: (at, _from, to) => {
    const { domain, folder } = guestPaths(at);
    if (to === null)
      return {
        actions: [{ run: [...virsh, 'undefine', '--keep-nvram', at] }, { run: ['rm', '-f', domain] }],
      };
    return {
      actions: [
        folderFor(folder, 'libvirt'),
        ...variablesFor(at, `${to}`),
        { write: domain, text: withLookups(`${to}`) },
        { run: [...virsh, 'define', domain] },
      ],
    };
  },
  settled: () => [],
  why: (_from, to) =>
    to === null ? 'Remove the guests’ domains from libvirt.' : 'Tell libvirt how to start each guest.',
};

/** A domain that does not match the kept text was changed by hand, or is somebody else's. */
function seen({ xml, digest }: DomainState, asKept: (text: string) => string): Json {
  const isKept = xml !== null && digest !== '' && xml.includes(`digest='${digest}'`);
  return isKept ? asKept(xml) : { domain: digest === '' ? 'of somebody else' : 'changed' };
}
