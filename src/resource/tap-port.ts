import type { HostSpec } from '../model/host-spec.ts';
import { isUnseen } from '../model/unseen.ts';
import { aliasOf, pairOf } from './guest-veth.ts';
import { linkLine, linkProbes } from './link-settings.ts';
import { nothing, type Resource } from './resource.ts';

type Tap = { readonly of: string; readonly mtu: number; readonly up: boolean };

/**
 * Without a card, for a VM: the tap that its manager opens by name, such as QEMU's `-netdev tap,ifname=…,script=no`. It is root's:
 * without an owner, whoever may open /dev/net/tun has it, and that is everybody (drivers/net/tun.c). Its MTU is in bytes. Its alias says whose it is, because a stopped VM leaves no other trace.
 */
export const tapPort: Resource = {
  kind: 'tap-port',
  timeoutMs: 10_000,
  made: true,
  wanted: (spec) => tapsOf(spec).map(({ port, ...value }) => ({ at: port, value })),
  there: ({ links }) =>
    isUnseen(links)
      ? [{ at: '*', value: links }]
      : links
          .filter(({ kind }) => kind === 'tun')
          .map(({ name, alias, mtu, up }) => ({ at: name, value: { of: pairOf(alias) ?? '', mtu, up } })),
  replaced: (from, to) => (from as Tap).of !== (to as Tap).of,
  move: (at, from, to) => {
    if (to === null) return from === null ? nothing : { batch: [`link del dev ${at}`] };
    const { of } = to as Tap;
    const make =
      from === null
        ? [`tuntap add dev ${at} mode tap user 0`, `link set dev ${at} alias ${aliasOf(of)}`]
        : [];
    return { batch: [...make, linkLine(at, to as Tap)] };
  },
  settled: (at, to) => (to === null ? [] : linkProbes(at, to as Tap)),
  takes: (_at, from) => (from === null ? undefined : { guest: guestOf(from as Tap) }),
  why: (_from, to) => (to === null ? 'Remove the VMs’ taps.' : 'Make the taps that the VMs’ managers open.'),
};

function tapsOf({ guests }: HostSpec) {
  return guests.flatMap(({ name, lanes }) =>
    lanes.flatMap(({ tap, network, mtu }) =>
      tap ? [{ port: tap.port, of: `${name}/${network}`, mtu, up: true }] : [],
    ),
  );
}

function guestOf({ of }: Tap): string {
  return of.split('/')[0] ?? '';
}
