import { fabricFindings } from './catalogue-fabric.ts';
import { vmFileFindings } from './catalogue-vms.ts';
import type { CatalogueEntry } from './finding.ts';

const error = 'error';

/** What is wrong with one place of the file, whatever stands elsewhere. */
const placeFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF1000',
    severity: error,
    title: 'The file cannot be read',
    explanation:
      'There is no file of that name, or it cannot be opened. Without -f the file is fabric.yaml in the current directory, else /etc/vflane/fabric.yaml.',
  },
  {
    code: 'VF1001',
    severity: error,
    title: 'The file is not a text that YAML allows',
    explanation:
      'A fabric file is UTF-8 text of at most 16 MiB. YAML 1.2 (5.1) allows no control characters in it but tab and line breaks; the marks that turn the direction of writing are refused too, because a line then reads otherwise than it is written. Save the file as UTF-8 and delete what does not belong there.',
  },
  {
    code: 'VF1002',
    severity: error,
    title: 'The file is not YAML',
    explanation:
      'The text cannot be read as one YAML 1.2 document. Nothing else in the file is checked before this is put right. Anchors and aliases are read; tags, merge keys (<<), a %YAML 1.1 line and a second document are not.',
  },
  {
    code: 'VF1004',
    severity: error,
    title: 'The file is empty',
    explanation:
      'There is no key in the file. A fabric needs at least a name and hosts. `vflane validate --help` shows where the file is looked for.',
  },
  {
    code: 'VF1005',
    severity: 'warning',
    title: 'The file begins with a byte order mark',
    explanation:
      'Some editors put the invisible character U+FEFF in front of UTF-8 text. vflane reads past it; other programs that read the file may not. Save the file as UTF-8 without BOM.',
  },
  {
    code: 'VF1006',
    severity: error,
    title: 'The file nests or repeats too much',
    explanation:
      'A fabric file has seven levels. More than 16, or aliases that together stand for more than 100000 values, are taken for a mistake or an attack on the reader. Write out what the aliases stand for.',
  },
  {
    code: 'VF1007',
    severity: error,
    title: 'A key is not known here',
    explanation:
      'Every key has its one place, and a key that is not known is never skipped: a mistyped option would silently not apply. The hint names the keys that are allowed at this place. `vflane schema` prints all of them for editors.',
  },
  {
    code: 'VF1008',
    severity: error,
    title: 'A key is given twice',
    explanation:
      'A mapping has each key once (YAML 1.2, 3.2.1.3). Which of the two would count depends on the reader, so none does. Keep one.',
  },
  {
    code: 'VF1009',
    severity: error,
    title: 'A key is missing',
    explanation:
      'The key has no default, because no value would be right for most. The place shown is the one where it belongs. The hint says what to write.',
  },
  {
    code: 'VF1010',
    severity: error,
    title: 'A value is of the wrong type',
    explanation:
      'A text stands where a number, a list or a mapping is asked for, or the other way round. YAML 1.2 knows only true and false as yes and no, and takes plain digits for a number. Put a text that looks like something else in quotes.',
  },
  {
    code: 'VF1011',
    severity: error,
    title: 'A value is not allowed',
    explanation:
      'The value has the right type and is out of range, no member of the set, or not of the form that the key asks for. The hint says what is allowed.',
  },
  {
    code: 'VF1012',
    severity: error,
    title: 'The format of the file is another one',
    explanation:
      'The optional key `vflane` names the version of the file format, and this vflane reads version 1. A file of a later format may say things that this version would not do. Use the vflane that the file was written for.',
  },
  {
    code: 'VF1013',
    severity: error,
    title: 'A name is not one that vflane takes',
    explanation:
      'The names of fabric, networks, hosts and guests have 1 to 63 of the characters a–z, 0–9 and "-", and neither begin nor end with "-" (the form of a DNS label, RFC 1123). Namespaces, units, files and words of commands are made of them, so nothing that a shell or a path would read is allowed.',
  },
  {
    code: 'VF1016',
    severity: error,
    title: 'A text is not an address',
    explanation:
      'Addresses of guests and underlays carry their prefix (192.168.10.2/24, fd00:10::2/64), gateways, name servers and ARP targets carry none, and a subnet has no bits set beyond its prefix. IPv4 is written in four decimal parts without leading zeros. Loopback, multicast and unspecified addresses are refused, and so are link-local ones of IPv6.',
  },
  {
    code: 'VF1020',
    severity: error,
    title: "An address is the network's own or its broadcast",
    explanation:
      'The first address of an IPv4 subnet stands for the subnet and the last one for everybody in it; the first one of an IPv6 subnet belongs to its routers (RFC 4291, 2.6.1). Subnets of /31, /32, /127 and /128 have no such addresses. Write another address of the subnet.',
  },
  {
    code: 'VF1032',
    severity: error,
    title: 'There is no such way to a host',
    explanation:
      'A host is reached by an OpenSSH destination (an alias of your ssh configuration, user@host, ssh://user@host:port), as this machine (local), as a machine of the lab (lab:NAME), or as a simulated host (sim:CARD[/KERNEL][?num-of-vfs=N]). What ssh would take for an option or a shell would read is refused.',
  },
  {
    code: 'VF1033',
    severity: error,
    title: 'There is no such card',
    explanation:
      'A card is named by its PCI domain, bus and device ("0000:03:00": its functions .0 and .1 are the two ports), by its two PFs in the order of their ports, or as software where there is no SR-IOV. `lspci -D` prints the addresses. Put them in quotes: readers of YAML 1.1 take 03:00 for a number.',
  },
  {
    code: 'VF1034',
    severity: error,
    title: 'A MAC address is none that a VF may have',
    explanation:
      'A MAC address has six octets in hexadecimal with colons between. The first octet is even, because an odd one marks a group of stations (IEEE 802), and all zeros means none to the drivers. Leave the key out and the address is derived from the names.',
  },
  {
    code: 'VF1047',
    severity: error,
    title: 'A netdev has no such name',
    explanation:
      'The kernel takes names of 1 to 15 characters. vflane takes letters, digits, dots, dashes and underscores of them, because a name goes into paths and batch files.',
  },
];

/** VF1xxx: what is wrong in the file, in the order of the codes. */
export const fileFindings: readonly CatalogueEntry[] = [
  ...placeFindings,
  ...fabricFindings,
  ...vmFileFindings,
].sort((a, b) => (a.code < b.code ? -1 : 1));
