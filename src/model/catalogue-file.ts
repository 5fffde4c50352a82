import { fabricFindings } from './catalogue-fabric.ts';
import { vmFileFindings } from './catalogue-vms.ts';
import type { CatalogueEntry } from './finding.ts';

const error = 'error';

/** What is wrong with one place of the file by itself. */
const placeFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF1000',
    severity: error,
    title: 'The file cannot be read',
    explanation:
      'The file does not exist or cannot be opened. Without -f, vflane reads fabric.yaml in the current directory, or else /etc/vflane/fabric.yaml.',
  },
  {
    code: 'VF1001',
    severity: error,
    title: 'The file contains text that YAML does not allow',
    explanation:
      'A fabric file is UTF-8 text of at most 16 MiB. YAML 1.2 (5.1) allows no control characters in it except tab and line breaks. Characters that change the writing direction are refused too, because they make a line read differently. Save the file as UTF-8 and delete what does not belong there.',
  },
  {
    code: 'VF1002',
    severity: error,
    title: 'The file is not YAML',
    explanation:
      'The text cannot be read as one YAML 1.2 document. Nothing else in the file is checked until this is fixed. Anchors and aliases are supported; tags, merge keys (<<), a %YAML 1.1 line and a second document are not.',
  },
  {
    code: 'VF1004',
    severity: error,
    title: 'The file is empty',
    explanation:
      'The file has no keys. A fabric needs at least a name and hosts. `vflane validate --help` shows where vflane looks for the file.',
  },
  {
    code: 'VF1005',
    severity: 'warning',
    title: 'The file begins with a byte order mark',
    explanation:
      'Some editors put the invisible character U+FEFF in front of UTF-8 text. vflane ignores it; other programs that read the file may not. Save the file as UTF-8 without BOM.',
  },
  {
    code: 'VF1006',
    severity: error,
    title: 'The file is nested too deeply or repeats too much',
    explanation:
      'A fabric file has seven levels. More than 16, or aliases that expand to more than 100000 values in all, count as a mistake or an attack on the reader. Write out what the aliases stand for.',
  },
  {
    code: 'VF1007',
    severity: error,
    title: 'A key is not known here',
    explanation:
      'Every key belongs in one place, and an unknown key is never skipped: a mistyped option would silently have no effect. The hint names the keys that are allowed here. `vflane schema` prints all of them for editors.',
  },
  {
    code: 'VF1008',
    severity: error,
    title: 'A key is given twice',
    explanation:
      'A mapping may have each key only once (YAML 1.2, 3.2.1.3). Readers differ on which one counts, so neither does. Keep one.',
  },
  {
    code: 'VF1009',
    severity: error,
    title: 'A key is missing',
    explanation:
      'The key has no default, because no value would suit most fabrics. The place shown is where the key belongs. The hint says what to write.',
  },
  {
    code: 'VF1010',
    severity: error,
    title: 'A value has the wrong type',
    explanation:
      'There is text where a number, a list or a mapping is expected, or the other way round. In YAML 1.2 only true and false mean yes and no, and plain digits are a number. Put text that looks like something else in quotes.',
  },
  {
    code: 'VF1011',
    severity: error,
    title: 'A value is not allowed',
    explanation:
      'The value has the right type, but is out of range, not in the set, or not in the form that the key requires. The hint says what is allowed.',
  },
  {
    code: 'VF1012',
    severity: error,
    title: 'The file is in another format version',
    explanation:
      'The optional key `vflane` gives the version of the file format, and this vflane reads version 1. A later format may ask for things that this version would not do. Use the vflane that the file was written for.',
  },
  {
    code: 'VF1013',
    severity: error,
    title: 'A name is not valid',
    explanation:
      'Names of fabrics, networks, hosts and guests have 1 to 63 of the characters a–z, 0–9 and "-", and neither begin nor end with "-" (the form of a DNS label, RFC 1123). Namespaces, units, files and commands use these names, so nothing that a shell or a path would interpret is allowed.',
  },
  {
    code: 'VF1016',
    severity: error,
    title: 'An address is not valid',
    explanation:
      'Addresses of guests and underlays include their prefix (192.168.10.2/24, fd00:10::2/64); gateways, name servers and ARP targets have none; and a subnet has no bits set beyond its prefix. IPv4 is written as four decimal numbers without leading zeros. Loopback, multicast and unspecified addresses are refused, as are IPv6 link-local ones.',
  },
  {
    code: 'VF1020',
    severity: error,
    title: 'An address is the network or broadcast address',
    explanation:
      'The first address of an IPv4 subnet stands for the subnet and the last for every host in it; the first address of an IPv6 subnet belongs to its routers (RFC 4291, 2.6.1). Subnets of /31, /32, /127 and /128 have no such addresses. Use another address of the subnet.',
  },
  {
    code: 'VF1032',
    severity: error,
    title: 'The way to reach a host is not valid',
    explanation:
      'Reach a host as an OpenSSH destination (an alias of your ssh configuration, user@host, ssh://user@host:port), as this machine (local), as a machine of the lab (lab:NAME), or as a simulated host (sim:CARD[/KERNEL][?num-of-vfs=N]). What ssh would take for an option or a shell would read is refused.',
  },
  {
    code: 'VF1033',
    severity: error,
    title: 'A card is not named correctly',
    explanation:
      'Name a card by its PCI domain, bus and device ("0000:03:00": its functions .0 and .1 are the two ports), by its two PFs in the order of their ports, or as software if there is no SR-IOV. `lspci -D` prints the addresses. Put them in quotes: YAML 1.1 readers take 03:00 for a number.',
  },
  {
    code: 'VF1034',
    severity: error,
    title: 'A VF cannot have this MAC address',
    explanation:
      'A MAC address is six hexadecimal octets separated by colons. The first octet is even, because an odd one marks a group of stations (IEEE 802), and drivers take all zeros to mean none. Leave the key out and the address is derived from the names.',
  },
  {
    code: 'VF1047',
    severity: error,
    title: 'A netdev cannot have this name',
    explanation:
      'The kernel accepts names of 1 to 15 characters. vflane allows only letters, digits, dots, dashes and underscores, because names go into paths and batch files.',
  },
];

/** VF1xxx: what is wrong in the file, in the order of the codes. */
export const fileFindings: readonly CatalogueEntry[] = [
  ...placeFindings,
  ...fabricFindings,
  ...vmFileFindings,
].sort((a, b) => (a.code < b.code ? -1 : 1));
