import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { type Cidr, contains, networkOf, overlap } from './address.ts';
import type { At } from './cursor.ts';
import { quoted } from './grammar.ts';
import type { ReadAttachment, ReadNetwork } from './reading.ts';
import { isOverlay, networksOf, placed, underlays } from './reading-views.ts';
import { type Rule, twice, type WhereOf } from './rule.ts';

export const addressesAreUnique: Rule = (fabric, where) => {
  const all = placed(fabric).flatMap((one) =>
    one.attachment.addresses.map((address) => ({ ...one, address })),
  );
  return twice(all, (one) => `${one.attachment.key} ${one.address.value.address.text}`).map(
    ([first, second]) => {
      const message = `${second.address.value.address.text} already belongs to guest ${quoted(first.guest.key)} on the same network`;
      return finding('VF1017', where(second.address.path), message, 'give each guest an address of its own');
    },
  );
};

export const macsAreUnique: Rule = (fabric, where) => {
  const all = placed(fabric).flatMap((one) => one.attachment.macs.map((mac) => ({ ...one, mac })));
  return twice(all, (one) => `${one.attachment.key} ${one.mac.value}`).map(([first, second]) => {
    const message = `${second.mac.value} already belongs to guest ${quoted(first.guest.key)} on the same network`;
    return finding(
      'VF1018',
      where(second.mac.path),
      message,
      'give each VF a MAC address of its own, or none: it is derived then',
    );
  });
};

/** legacy-vlan gives an attachment a VF on each port, the overlays one VF. */
export const macsFitVfs: Rule = (fabric, where) =>
  placed(fabric).flatMap(({ host, attachment }) => {
    const vfs = isOverlay(host.datapath) ? 1 : 2;
    const extra = attachment.macs[vfs];
    if (!extra || host.datapath === undefined) return [];
    const message = `${attachment.macs.length} MAC addresses are given, and ${host.datapath} has ${vfs} VF${vfs > 1 ? 's' : ''} here`;
    return [finding('VF1042', where(extra.path), message, `allowed: at most ${vfs}`)];
  });

export const addressesAreInside: Rule = (fabric, where) =>
  placed(fabric).flatMap(({ attachment, network }) =>
    attachment.addresses.flatMap((address) => (network ? outside(address, network, where) : [])),
  );

function outside(address: At<Cidr>, network: ReadNetwork, where: WhereOf): readonly Finding[] {
  const subnets = network.subnets.map((subnet) => subnet.value);
  if (subnets.length === 0 || subnets.some((subnet) => matches(subnet, address.value))) return [];
  const around = subnets.find((subnet) => contains(subnet, address.value.address));
  const message = around
    ? `${address.value.text} has another prefix than the network's subnet ${around.text}`
    : `${address.value.text} is outside the subnet of network ${quoted(network.key)}`;
  const hint = around
    ? `write ${address.value.address.text}/${around.prefix}`
    : `allowed: an address in ${subnets.map((subnet) => subnet.text).join(' or ')}`;
  return [finding('VF1019', where(address.path), message, hint)];
}

function matches(subnet: Cidr, address: Cidr): boolean {
  return subnet.prefix === address.prefix && contains(subnet, address.address);
}

export const addressesAreOfTheirFamily: Rule = (fabric, where) =>
  placed(fabric).flatMap(({ attachment }) =>
    attachment.misplaced.map((address) => {
      const { family } = address.value.address;
      const message = `${address.value.text} is an IPv${family} address under v${family === 4 ? 6 : 4}`;
      return finding('VF1016', where(address.path), message, `put it under v${family}`);
    }),
  );

/** A guest with overlapping subnets on two networks cannot tell which one an address is on. */
export const subnetsOfAGuestAreApart: Rule = (fabric, where) => {
  const networks = networksOf(fabric);
  return fabric.hosts
    .flatMap((host) => host.guests)
    .flatMap((guest) =>
      guest.attachments.flatMap((attachment, i) => {
        const own = reach(attachment, networks);
        for (const earlier of guest.attachments.slice(0, i)) {
          const clash = firstOverlap(own, reach(earlier, networks));
          if (clash) return [overlapFinding(attachment, earlier, clash, where)];
        }
        return [];
      }),
    );
};

function overlapFinding(
  attachment: ReadAttachment,
  earlier: ReadAttachment,
  [own, other]: readonly [Cidr, Cidr],
  where: WhereOf,
): Finding {
  const message = `${own.text} overlaps ${other.text} of network ${quoted(earlier.key)}, which the guest is on too`;
  return finding(
    'VF1021',
    where(attachment.path, 'key'),
    message,
    'give the networks of a guest subnets that do not overlap',
  );
}

/** What the guest considers on-link there. */
function reach(attachment: ReadAttachment, networks: ReadonlyMap<string, ReadNetwork>): readonly Cidr[] {
  const subnets = networks.get(attachment.key)?.subnets ?? [];
  if (subnets.length > 0) return subnets.map((subnet) => subnet.value);
  return attachment.addresses.map((address) => networkOf(address.value));
}

function firstOverlap(own: readonly Cidr[], others: readonly Cidr[]): readonly [Cidr, Cidr] | undefined {
  for (const a of own) {
    const b = others.find((other) => overlap(a, other));
    if (b) return [a, b];
  }
  return undefined;
}

/** Reported once per network: its hosts' tunnels would end inside the tenant's own address space. */
export const subnetsAreOffTheUnderlay: Rule = (fabric, where) => {
  const networks = networksOf(fabric);
  const told = new Set<string>();
  return underlays(fabric).flatMap(({ host, underlay }) => {
    const own = underlay.address ? [networkOf(underlay.address.value)] : [];
    return host.guests
      .flatMap((guest) => guest.attachments)
      .flatMap((attachment) => {
        const clash = told.has(attachment.key) ? undefined : firstOverlap(reach(attachment, networks), own);
        if (!clash) return [];
        told.add(attachment.key);
        const message = `${clash[0].text} overlaps the underlay of host ${quoted(host.key)}, ${clash[1].text}`;
        const network = networks.get(attachment.key);
        const path = network && network.subnets.length > 0 ? [...network.path, 'subnet'] : attachment.path;
        return [finding('VF1022', where(path), message, 'give the network, or the underlay, another subnet')];
      });
  });
};
