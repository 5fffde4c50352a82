/** The text of a fabric file whose hosts are the lab's. Values are YAML and go in unchanged. */
type Keys = { readonly [key: string]: string };

export interface LabHostText {
  readonly keys: Keys;
  /** The value of each guest. */
  readonly guests: Keys;
}

/** @param hosts by their names, which are the same in the lab and in the file */
export function labFabric(networks: Keys, hosts: { readonly [name: string]: LabHostText }): string {
  return [
    'name: lab',
    'networks:',
    ...lines(2, networks),
    'hosts:',
    ...Object.entries(hosts).flatMap(([name, { keys, guests }]) => [
      `  ${name}:`,
      ...lines(4, { connect: `lab:${name}`, ...keys }),
      ...(Object.keys(guests).length === 0 ? [] : ['    guests:', ...lines(6, guests)]),
    ]),
    '',
  ].join('\n');
}

function lines(indent: number, values: Keys): readonly string[] {
  return Object.entries(values).map(([key, value]) => `${' '.repeat(indent)}${key}: ${value}`);
}

/** The network of most tests. */
export function storage({
  id = 42,
  mtu = 1500,
}: {
  readonly id?: number;
  readonly mtu?: number;
} = {}): string {
  return `{ id: ${id}, mtu: ${mtu}, subnet: 192.168.10.0/24 }`;
}

/** Another tenant's network. */
export function household(mtu = 1500): string {
  return `{ id: 43, mtu: ${mtu}, subnet: 10.3.0.0/24 }`;
}

/** A guest that is a network namespace; maps its networks to its addresses. */
export function namespace(networks: Keys): string {
  return `{ netns: true, networks: { ${lines(0, networks).join(', ')} } }`;
}

/** A guest run by another VM manager. */
export function external(networks: Keys): string {
  return `{ external: true, networks: { ${lines(0, networks).join(', ')} } }`;
}

/** The host itself as a guest. */
export function theHost(networks: Keys): string {
  return `{ host: true, networks: { ${lines(0, networks).join(', ')} } }`;
}

/** VLANs on VFs of the lab's card. */
export function cardHost(vfs: number, guests: Keys): LabHostText {
  return { keys: { datapath: 'legacy-vlan', nic: '"0000:01:00"', vfs: `${vfs}` }, guests };
}

/** An overlay without a card; `underlay` is that key's value. */
export function softwareHost(
  underlay: string,
  guests: Keys,
  { datapath = 'ovs-tc', offload = 'off' }: { readonly datapath?: string; readonly offload?: string } = {},
): LabHostText {
  return { keys: { datapath, nic: 'software', offload, underlay }, guests };
}
