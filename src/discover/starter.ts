import { verdictText } from '../doctor/verdicts.ts';
import { asFabricName } from '../model/names.ts';
import { poolLimit, vfsThere } from './found-card.ts';
import { cardText, type FoundHost, foundWire, portTexts, underlayAddress } from './found-host.ts';
import { comment, scalar } from './yaml-lines.ts';

const usualPool = 8;

/** The text of a first file for these hosts: it is valid as it stands, and gives its reasons in comments. */
export function starterText(hosts: readonly FoundHost[]): string {
  const [first] = hosts;
  const name = asFabricName(`${first?.name ?? 'my'}-fabric`) ?? 'my-fabric';
  const lines = [
    ...comment('A first file for what `vflane init` found. Nothing was changed on any host.'),
    ...comment('Change what is not as you want it, then: vflane validate, vflane plan, vflane apply.'),
    'vflane: 1',
    ...comment('Goes into every MAC address: two fabrics on one wire must not have the same name.'),
    `name: ${scalar(name)}`,
    'networks:',
    ...networkLines(hosts),
    'hosts:',
    ...hosts.flatMap(hostLines),
  ];
  return `${lines.join('\n')}\n`;
}

/** Guests of a network reach each other only if all its hosts carry it the same way, so each way has an example. */
interface Example {
  readonly name: string;
  readonly id: number;
  readonly says: string;
}

const tagged: Example = {
  name: 'tenant1',
  id: 101,
  says: 'a VLAN id, which your switches have to carry to these ports',
};
const tunnelled: Example = { name: 'tenant2', id: 102, says: 'the VNI of its tunnels' };

function exampleFor({ datapath }: FoundHost): Example {
  return datapath === 'legacy-vlan' ? tagged : tunnelled;
}

function networkLines(hosts: readonly FoundHost[]): readonly string[] {
  return [
    ...comment('A tenant’s own layer 2, as an example. mtu is what a guest may send.', '  '),
    ...[...new Set(hosts.map(exampleFor))].flatMap(({ name, id, says }) => [
      ...comment(`id is ${says}.`, '  '),
      `  ${name}: { id: ${id}, mtu: 1500, subnet: 10.${id}.0.0/24 }`,
    ]),
  ];
}

function hostLines(found: FoundHost, place: number): readonly string[] {
  const { name, connectText } = found;
  return [
    `  ${scalar(name)}:`,
    `    connect: ${scalar(connectText)}`,
    ...(found.card === undefined ? [] : verdictLines(found)),
    `    datapath: ${found.datapath}`,
    ...(found.card === undefined ? softwareLines(found, place) : cardLines(found, found.card, place)),
    '    guests:',
    ...guestLines(found, place),
  ];
}

function verdictLines({ looked, verdicts, datapath }: FoundHost): readonly string[] {
  const why = datapath === 'legacy-vlan' ? ', which needs no Open vSwitch and no underlay' : '';
  return [
    ...comment(`Ways to share the card with kernel ${looked.patient.state.kernel}:`, '    '),
    ...verdicts.flatMap((verdict) => comment(`- ${verdictText(verdict)}`, '    ')),
    ...comment(`Chosen: ${datapath}${why}.`, '    '),
  ];
}

function cardLines(found: FoundHost, card: NonNullable<FoundHost['card']>, place: number): readonly string[] {
  const { looked, others, datapath } = found;
  return [
    ...comment(`${cardText(looked, card)}:`, '    '),
    ...portTexts(looked, card).flatMap((text) => comment(`  ${text}`, '    ')),
    ...others.flatMap((other) => comment(`Not taken: ${other.nic}, ${cardText(looked, other)}.`, '    ')),
    ...(card.isSession
      ? comment('You are connected over this card: make sure that you do not lose access.', '    ')
      : []),
    `    nic: ${card.nic}`,
    ...poolLines(found, card),
    ...(datapath === 'legacy-vlan' ? [] : underlayLines(found, place)),
  ];
}

function poolLines({ name }: FoundHost, card: NonNullable<FoundHost['card']>): readonly string[] {
  const limit = poolLimit(card);
  const there = vfsThere(card);
  const says =
    limit === undefined
      ? `The firmware offers no VFs yet: mstconfig -d ${card.pfs[0].pci} set SRIOV_EN=1 NUM_OF_VFS=${usualPool}, then reboot.`
      : `VFs of each port, made once for all guests to come; the firmware allows ${limit} (NUM_OF_VFS).`;
  const byHand = `There are ${there} VFs already: if they are yours, \`vflane import ${name}\` takes them over.`;
  return [
    ...comment(says, '    '),
    ...(there > 0 ? comment(byHand, '    ') : []),
    `    vfs: ${Math.min(usualPool, limit ?? usualPool)}`,
  ];
}

function underlayLines({ looked, verdicts, datapath }: FoundHost, place: number): readonly string[] {
  const address = underlayAddress(looked.patient.state);
  const inHardware = verdicts.find((one) => one.datapath === datapath)?.verdict === 'hardware';
  const why = address === undefined ? 'an example: choose one of your own' : 'as it is on the ports now';
  return [
    ...comment(`The local address of the tunnels to the other hosts (${why}).`, '    '),
    `    underlay: ${scalar(address ?? exampleAddress(place))}`,
    ...(inHardware || datapath === 'ovs-dpdk' ? [] : ['    offload: preferred']),
  ];
}

function exampleAddress(place: number): string {
  return `192.168.9.${place + 1}/24`;
}

/** Without a card there are no VFs: guests are namespaces and VMs on Open vSwitch. */
function softwareLines({ looked }: FoundHost, place: number): readonly string[] {
  const { free, address } = foundWire(looked.patient.state);
  const own = comment('The tunnels use an address that the host has already, and keeps.', '    ');
  const wire =
    free === undefined
      ? [...own, `    underlay: ${scalar(address ?? exampleAddress(place))}`]
      : [
          ...comment(`The tunnels use ${free}, which nothing uses now. The address is an example.`, '    '),
          `    underlay: { address: ${exampleAddress(place)}, ports: [${scalar(free)}] }`,
        ];
  return [
    ...comment('No card with SR-IOV and two ports was found: Open vSwitch forwards in software.', '    '),
    '    nic: software',
    ...wire,
    '    offload: off',
  ];
}

function guestLines(found: FoundHost, place: number): readonly string[] {
  const { name: network, id } = exampleFor(found);
  const guest = (kind: string, what: string, host: number) =>
    `      # ${found.name.slice(0, 50)}-${kind}: { ${what}, networks: { ${network}: 10.${id}.0.${(10 * (place + 1) + host) % 250}/24 } }`;
  return [
    ...comment('Remove the "#" of one, or write your own: a namespace of the host, and a VM.', '      '),
    guest('web', 'netns: true', 1),
    guest('db', 'vm: { cpus: 2, memory: 2G, disk: debian-13.qcow2 }', 2),
  ];
}
