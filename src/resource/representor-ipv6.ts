import type { Json } from '../model/json.ts';
import type { Text } from '../model/plan.ts';
import { isUnseen, type Unseen } from '../model/unseen.ts';
import { disableIpv6, disablingText, whyNoIpv6 } from './disable-ipv6.ts';
import { vfAt, vfPlace } from './place.ts';
import { representedBy, representor } from './representor.ts';
import { nothing, type Placed, type Resource } from './resource.ts';
import { settleUdev } from './settle-udev.ts';

/** Whether the host has IPv6 on a VF's representor, whatever that is called. */
export const representorIpv6: Resource = {
  kind: 'representor-ipv6',
  timeoutMs: 15_000,
  attribute: true,
  fresh: true,
  wanted: (spec, state) =>
    // A kernel without IPv6 has nothing to turn off.
    state.ipv6 === null ? [] : representor.wanted(spec, state).map(({ at }) => ({ at, value: false })),
  there: ({ ipv6, links, pfs }) => {
    if (isUnseen(ipv6)) return [{ at: '*', value: ipv6 }];
    if (isUnseen(links)) return [{ at: '*', value: links }];
    return pfs.flatMap((pf) =>
      links.flatMap((link): readonly Placed<Json | Unseen>[] => {
        const [index, value] = [representedBy(link, pf, links), ipv6?.[link.name]];
        return index === undefined || value === undefined ? [] : [{ at: vfAt(pf.pci, index), value }];
      }),
    );
  },
  standsOn: (at) => [`num-vfs ${vfPlace(at).pf}`],
  move: (at, _from, to) =>
    to === null
      ? nothing
      : {
          before: settleUdev,
          actions: [{ write: disableIpv6(netdevAt(at)), text: disablingText(to as boolean) }],
        },
  settled: (at, to) =>
    to === null ? [] : [{ read: disableIpv6(netdevAt(at)), is: disablingText(to as boolean) }],
  why: () => `Disable IPv6 on the representors: ${whyNoIpv6}`,
};

function netdevAt(at: string): Text {
  const { pf, index } = vfPlace(at);
  return [{ netdev: { pf, vf: index } }];
}
