import type { CatalogueEntry } from './finding.ts';

/** VF225x: a host that brings itself back after a start. */
export const bootFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2250',
    severity: 'error',
    title: 'A started host does not know what it has to be',
    explanation:
      'The unit vflane-boot.service ran, and the document that says what this host has to be is gone or was not written by this version of vflane. Nothing was done. `vflane enable` writes it anew; `vflane disable` takes the unit away.',
  },
  {
    code: 'VF2251',
    severity: 'error',
    title: 'The card’s ports are swapped',
    explanation:
      'Every port of a card has a MAC of its own, and vflane remembers which of them was at which PCI address. After this start they are the other way round, so that what was for one switch would go to the other. Nothing was done. A card that was moved to another slot, or one that was bifurcated anew in the BIOS, can come back so.',
  },
  {
    code: 'VF2252',
    severity: 'warning',
    title: 'Another card is in the slot',
    explanation:
      'A port’s own MAC is not the one that it had when vflane last applied the file here: the card was exchanged. What the host has to be was brought about on the new one. Guests keep their MACs, which are not the card’s; the firmware’s settings (NUM_OF_VFS among them) are the new card’s own.',
  },
  {
    code: 'VF2253',
    severity: 'error',
    title: 'A start of the host would touch a netdev with somebody else’s address',
    explanation:
      'At a start nobody is there to confirm a change, so vflane changes nothing over which somebody may come in: a netdev that carries an address of the host’s own, what it stands on, and Open vSwitch where it carries that. Nothing was done. An apply by hand has a way back that needs nobody.',
  },
  {
    code: 'VF2254',
    severity: 'error',
    title: 'udev has not named the card’s netdevs',
    explanation:
      'The kernel names a netdev first, and udev gives it the name that lasts. vflane waits until udev is done with every port that it uses. After a minute and a half it gives up: a udev rule hangs, or systemd-udevd does not run.',
  },
  {
    code: 'VF2255',
    severity: 'warning',
    title: 'ifupdown also has a netdev of vflane’s',
    explanation:
      'A stanza in /etc/network/interfaces, or in a file of interfaces.d, names a netdev that vflane makes or puts into a bond. On an enabled host ifupdown’s units are told in files of vflane’s own to leave it out (drop-ins of networking.service and ifup@.service); an EXCLUDE_INTERFACES of yours in /etc/default/networking comes before theirs, and has to name it, too. `ifup` by hand asks nobody. Take the stanza out: else the next who reads it believes it.',
  },
  {
    code: 'VF2256',
    severity: 'error',
    title: 'The host did not come back as it was last asked to be',
    explanation:
      'vflane-boot.service failed at the last start of this host, for the reasons that are told with this. Management access is as it was. `journalctl -b -u vflane-boot` has all that was tried; when the reason is gone, `systemctl restart vflane-boot` or `vflane apply` brings the host back.',
  },
];
