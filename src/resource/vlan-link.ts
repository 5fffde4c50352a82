import type { VlanLinkSpec } from '../model/host-spec.ts';
import { isUnseen } from '../model/unseen.ts';
import { linkLine, linkProbes } from './link-settings.ts';
import { nothing, type Resource } from './resource.ts';

type VlanLink = { readonly on: string; readonly vlan: number; readonly mtu: number; readonly up: boolean };

/** A VLAN of the wire as a netdev: the underlay's own, or one that joins a network to the physical network. */
export const vlanLink: Resource = {
  kind: 'vlan-link',
  timeoutMs: 10_000,
  made: true,
  wanted: ({ underlay }) =>
    (underlay?.vlans ?? []).map((spec) => ({ at: spec.name, value: wantedVlan(spec) })),
  there: ({ links }) =>
    isUnseen(links)
      ? [{ at: '*', value: links }]
      : links.flatMap(({ name, lower, vlan, mtu, up }) =>
          vlan === undefined ? [] : [{ at: name, value: { on: lower ?? '', vlan, mtu, up } }],
        ),
  standsOn: (_at, value) => [`host-bond ${(value as VlanLink).on}`],
  replaced: (from, to) => shape(from as VlanLink) !== shape(to as VlanLink),
  move: (at, from, to) => {
    if (to === null) return from === null ? nothing : { batch: [`link del dev ${at}`] };
    const { on, vlan } = to as VlanLink;
    const make = from === null ? [`link add link ${on} name ${at} type vlan id ${vlan}`] : [];
    return { batch: [...make, linkLine(at, to as VlanLink)] };
  },
  settled: (at, to) => (to === null ? [] : linkProbes(at, to as VlanLink)),
  why: (_from, to) =>
    to === null ? 'Remove the VLANs’ netdevs.' : 'Make a netdev for each VLAN that is used on the wire.',
};

function wantedVlan({ on, vlan, mtu }: VlanLinkSpec): VlanLink {
  return { on, vlan, mtu, up: true };
}

function shape({ on, vlan }: VlanLink): string {
  return `${on}.${vlan}`;
}
