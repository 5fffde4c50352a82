import type { LinkState, PfState } from '../model/host-state.ts';
import type { Text } from '../model/plan.ts';
import { isUnseen } from '../model/unseen.ts';
import { vfAt, vfPlace } from './place.ts';
import { nothing, type Resource } from './resource.ts';
import { settleUdev } from './settle-udev.ts';

/** By default `down` and `1500`, under a name that depends on the systemd release (facts §2.4). */
type Representor = { readonly name: string; readonly mtu: number; readonly up: boolean };

/**
 * A VF's representor: the host's end of it, a port of the network's bridge. It is found by the switch's id and its port
 * name, and is given a name of its own, which outlives a systemd release. The VF has no carrier while it is down (facts §4.3).
 */
export const representor: Resource = {
  kind: 'representor',
  timeoutMs: 15_000,
  attribute: true,
  wanted: (spec) =>
    spec.nics.flatMap((nic) =>
      nic.pfs.flatMap((pf) =>
        pf.vfs.flatMap(({ index, representor: rep }) =>
          rep ? [{ at: vfAt(pf.pci, index), value: { ...rep, up: true } }] : [],
        ),
      ),
    ),
  there: (state) => {
    const { links } = state;
    if (isUnseen(links)) return [{ at: '*', value: links }];
    return state.pfs.flatMap((pf) =>
      links.flatMap((link) => {
        const index = representedBy(link, pf, links);
        return index === undefined
          ? []
          : [{ at: vfAt(pf.pci, index), value: { name: link.name, mtu: link.mtu, up: link.up } }];
      }),
    );
  },
  standsOn: (at) => [`num-vfs ${vfPlace(at).pf}`],
  move: (at, from, to) =>
    to === null
      ? nothing
      : { first: settleUdev, batch: lines(at, from as Representor | null, to as Representor) },
  settled: (_at, to) => {
    if (to === null) return [];
    const { name, mtu, up } = to as Representor;
    const query = ['ip', '-j', '-d', 'link', 'show'];
    return [
      { query, at: [`ifname=${name}`, 'mtu'], is: mtu },
      { query, at: [`ifname=${name}`, 'flags', '=UP'], is: up ? 'UP' : null },
    ];
  },
  why: () =>
    'Find the representors by switch and port, name them, and bring them up: their VFs have no carrier until then.',
};

/** The index of the VF that a netdev represents: `pf1vf3` belongs to the uplink `p1` of the same switch (facts §2.4). */
export function representedBy(link: LinkState, pf: PfState, links: readonly LinkState[]): number | undefined {
  const uplink = links.find(({ name }) => name === pf.netdev);
  const [, port, index] = /^(?:c\d+)?pf(\d+)vf(\d+)$/.exec(link.physPortName ?? '') ?? [];
  const isOurs = uplink?.physSwitchId !== undefined && uplink.physSwitchId === link.physSwitchId;
  return isOurs && uplink.physPortName === `p${port}` ? Number(index) : undefined;
}

/** A netdev is renamed while it is down: older kernels refuse it otherwise. */
function lines(at: string, from: Representor | null, to: Representor): readonly Text[] {
  const { pf, index } = vfPlace(at);
  const netdev = { netdev: { pf, vf: index } };
  const rename: readonly Text[] =
    from?.name === to.name
      ? []
      : [
          ['link set dev ', netdev, ' down'],
          ['link set dev ', netdev, ` name ${to.name}`],
        ];
  return [...rename, `link set dev ${to.name} mtu ${to.mtu} ${to.up ? 'up' : 'down'}`];
}
