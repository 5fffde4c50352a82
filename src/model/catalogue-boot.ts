import type { CatalogueEntry } from './finding.ts';

/** VF225x: a host that brings itself back after a reboot. */
export const bootFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2250',
    severity: 'error',
    title: 'A restarted host does not know what to restore',
    explanation:
      'vflane-boot.service ran, but the document that says what this host has to be is missing or was not written by this version of vflane. Nothing was done. `vflane enable` writes it again; `vflane disable` removes the unit.',
  },
  {
    code: 'VF2251',
    severity: 'error',
    title: 'The card’s ports are swapped',
    explanation:
      'Every port of a card has its own MAC, and vflane remembers which port was at which PCI address. After this start they are the other way round, so traffic for one switch would go to the other. Nothing was done. This can happen to a card that was moved to another slot or bifurcated anew in the BIOS.',
  },
  {
    code: 'VF2252',
    severity: 'warning',
    title: 'Another card is in the slot',
    explanation:
      'A port’s own MAC is not the one it had when vflane last applied the file here: the card was replaced. vflane has set the host up on the new card. Guests keep their MACs, which are not the card’s; the firmware’s settings (NUM_OF_VFS among them) are the new card’s own.',
  },
  {
    code: 'VF2253',
    severity: 'error',
    title: 'Restoring the host would touch a netdev with somebody else’s address',
    explanation:
      'At boot nobody is there to confirm a change, so vflane changes nothing that may be somebody’s way in: a netdev that carries an address of the host’s own, what it stands on, and Open vSwitch if it carries that. Nothing was done. An apply by hand can undo itself unattended.',
  },
  {
    code: 'VF2254',
    severity: 'error',
    title: 'udev has not named the card’s netdevs',
    explanation:
      'The kernel names a netdev, then udev gives it its lasting name. vflane waits until udev is done with every port that it uses. After a minute and a half it gives up: a udev rule hangs, or systemd-udevd is not running.',
  },
  {
    code: 'VF2255',
    severity: 'warning',
    title: 'A netdev of vflane’s is also in ifupdown’s files',
    explanation:
      'A stanza in /etc/network/interfaces, or in a file of interfaces.d, names a netdev that vflane makes or bonds. On an enabled host vflane’s drop-ins of networking.service and ifup@.service tell ifupdown’s units to leave it out. An EXCLUDE_INTERFACES of yours in /etc/default/networking overrides theirs and has to name the netdev too. `ifup` by hand ignores all of these. Take the stanza out, or the next person who reads it believes it.',
  },
  {
    code: 'VF2256',
    severity: 'error',
    title: 'The host did not come back as it was last set up',
    explanation:
      'vflane-boot.service failed at the last start of this host, for the reasons reported with this. Management access is as it was. `journalctl -b -u vflane-boot` shows all that was tried; when the reason is gone, `systemctl restart vflane-boot` or `vflane apply` brings the host back.',
  },
];
