import type { ImportedAttachment, ImportedGuest, ImportedHost, ImportedNetwork } from './imported.ts';

/** Hosts of one file: a network has one name and MTU on all of them; a guest's name, a MAC and an address occur once. */
export function together(hosts: readonly ImportedHost[]): readonly ImportedHost[] {
  const networks = new Map<string, ImportedNetwork>();
  const named = hosts.map((host) => {
    const names = new Map(host.networks.map((network) => [network.name, nameIn(networks, host, network)]));
    return renamed(host, (name) => names.get(name) ?? name);
  });
  const guests = new Set<string>();
  const once = takenOnce(named);
  return named.map((host) => ({
    ...host,
    networks: host.networks
      .map(({ name }) => networks.get(`${kindOf(host)} ${name}`))
      .flatMap((one) => one ?? []),
    guests: host.guests.map((guest) => ({
      ...guest,
      name: uniqueName(guests, host, guest),
      attachments: guest.attachments.map(once),
    })),
  }));
}

function kindOf({ datapath }: ImportedHost): string {
  return datapath === 'legacy-vlan' ? 'VLAN' : 'VXLAN';
}

/** A network has the name that the first host with its id has for it; the largest MTU counts. */
function nameIn(known: Map<string, ImportedNetwork>, host: ImportedHost, network: ImportedNetwork): string {
  const kind = kindOf(host);
  const same = [...known].find(([key, one]) => key.startsWith(`${kind} `) && one.id === network.id)?.[1];
  const isTaken = same === undefined && [...known.values()].some(({ name }) => name === network.name);
  const name = same?.name ?? (isTaken ? `${network.name}-${host.name}` : network.name);
  known.set(`${kind} ${name}`, {
    name,
    id: network.id,
    mtu: Math.max(same?.mtu ?? 0, network.mtu),
    gateways: same && same.gateways.length > 0 ? same.gateways : network.gateways,
    arpTargets: [...new Set([...(same?.arpTargets ?? []), ...network.arpTargets])].slice(0, 16),
  });
  return name;
}

function renamed(host: ImportedHost, nameOf: (name: string) => string): ImportedHost {
  return {
    ...host,
    networks: host.networks.map((network) => ({ ...network, name: nameOf(network.name) })),
    guests: host.guests.map((guest) => ({
      ...guest,
      attachments: guest.attachments.map((one) => ({ ...one, network: nameOf(one.network) })),
    })),
  };
}

function uniqueName(taken: Set<string>, host: ImportedHost, { name }: ImportedGuest): string {
  const wanted = name.slice(0, 40);
  let unique = taken.has(wanted) ? `${host.name}-${wanted}`.slice(0, 60) : wanted;
  for (let number = 2; taken.has(unique); number++) unique = `${wanted}-${number}`;
  taken.add(unique);
  return unique;
}

/** What occurs twice is left out of the file: it stays as it was found, and the doctor says what it costs. */
function takenOnce(hosts: readonly ImportedHost[]): (attachment: ImportedAttachment) => ImportedAttachment {
  const all = hosts.flatMap(({ guests }) => guests.flatMap(({ attachments }) => attachments));
  const macs = counted(all.flatMap((one) => one.macs));
  const addresses = counted(all.flatMap((one) => one.addresses.map((cidr) => addressKey(one, cidr))));
  return (one) => ({
    ...one,
    macs: one.macs.every((mac) => macs.get(mac) === 1) ? one.macs : [],
    addresses: one.addresses.filter((cidr) => addresses.get(addressKey(one, cidr)) === 1),
  });
}

function addressKey({ network }: ImportedAttachment, cidr: string): string {
  return `${network} ${cidr.replace(/\/.*/, '')}`;
}

function counted(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
