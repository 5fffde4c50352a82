import type { UnderlaySpec } from '../model/host-spec.ts';
import type { PfState } from '../model/host-state.ts';
import { underlayBridgeName } from '../model/underlay-bridge.ts';
import { isUnseen } from '../model/unseen.ts';
import { linkLine, linkProbes } from './link-settings.ts';
import { nothing, type Resource } from './resource.ts';

type Link = { readonly mtu: number; readonly up: boolean };

/**
 * A netdev of the underlay that is not created but only brought up: a port of a host without a card, or the underlay bridge's own
 * port, which has the tunnel address. Its MTU in bytes, and whether it is up.
 */
export const underlayLink: Resource = {
  kind: 'underlay-link',
  timeoutMs: 10_000,
  wanted: ({ underlay }) =>
    underlay === undefined
      ? []
      : namesOf(underlay).map((at) => ({ at, value: { mtu: underlay.mtu, up: true } })),
  there: ({ links, pfs }) =>
    isUnseen(links)
      ? [{ at: '*', value: links }]
      : links
          .filter(({ parentDev }) => !pfs.some((pf) => isOf(pf, parentDev)))
          .map(({ name, mtu, up }) => ({ at: name, value: { mtu, up } })),
  // The bridge's own port comes and goes with the bridge; a netdev of the host stands on nothing of vflane's.
  standsOn: (at) => (at === underlayBridgeName ? [`underlay-bridge ${at}`] : []),
  // A new MTU resets the port: its link is gone for seconds (igb, mlx5: their ndo_change_mtu).
  takes: (_at, from, to) => {
    const isSame = from === null || to === null || (from as Link).mtu === (to as Link).mtu;
    return isSame || !(from as Link).up ? undefined : 'everything';
  },
  move: (at, _from, to) => (to === null ? nothing : { batch: [linkLine(at, to as Link)] }),
  settled: (at, to) => (to === null ? [] : linkProbes(at, to as Link)),
  why: (_from, to) =>
    to === null
      ? 'The tunnels’ netdev may go down: there is nothing to run, but it is brought up again if it stays.'
      : 'Bring up the netdev that carries the tunnels, with room for their headers.',
};

/** A card's own netdevs have resources of their own. */
function isOf({ pci, vfs }: PfState, parentDev: string | undefined): boolean {
  return parentDev === pci || vfs.some((vf) => vf.pci === parentDev);
}

function namesOf({ ports, bridge }: UnderlaySpec): readonly string[] {
  return bridge === undefined ? ports : [...ports, bridge.name];
}
