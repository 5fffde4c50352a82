import type { CatalogueEntry } from './finding.ts';

/** VF2200–2229: what `vflane firmware` has to say. */
export const firmwareFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2200',
    severity: 'error',
    title: 'mstflint is not installed',
    explanation:
      'mstflint, mstconfig and mstfwreset read and write the firmware of NVIDIA’s cards, and all three are in Debian’s package mstflint. Without them nothing is known of flash and settings. Say apt-get install mstflint on the host; everything else of vflane works without.',
  },
  {
    code: 'VF2201',
    severity: 'error',
    title: 'There is no card whose firmware vflane can ask for',
    explanation:
      'The file names no card on this host, or one of another maker, whose firmware mstflint does not know. VFs work there as well: only their number in the firmware is set with the maker’s own tools.',
  },
  {
    code: 'VF2202',
    severity: 'error',
    title: 'Only root may ask a card for its firmware',
    explanation:
      'The tools talk to the card through its PCI configuration space, which the kernel opens to root alone. Run vflane as root on that host.',
  },
  {
    code: 'VF2203',
    severity: 'error',
    title: 'The kernel keeps the firmware tools from the card',
    explanation:
      'With Secure Boot Debian’s kernel is locked down: nobody, root included, may reach a card’s configuration space from a program (kernel_lockdown(7); facts §6.2). Firmware and NUM_OF_VFS are set once with Secure Boot off, or in another machine, and stay in the card.',
  },
  {
    code: 'VF2204',
    severity: 'error',
    title: 'The firmware could not be read',
    explanation:
      'A tool failed, or printed something that vflane does not know. What could not be read is not taken for anything, so nothing is planned. The tools take a semaphore of the card’s: while another one is at work, or after one was killed, they refuse (mstflint -d PCI --clear_semaphore, if none runs).',
  },
  {
    code: 'VF2205',
    severity: 'error',
    title: 'The card is in recovery',
    explanation:
      'A card whose own firmware does not start, after a burn that was cut off for instance, answers as its boot loader, with another PCI id. It cannot say which board it is, so that nothing would keep a wrong image from it: vflane does not burn it. Take the image of the PSID on its label, and switch the power off and on afterwards.',
  },
  {
    code: 'VF2206',
    severity: 'error',
    title: 'The firmware offers no SR-IOV',
    explanation:
      'mstconfig lists no NUM_OF_VFS for this card: its firmware, or its make, has no SR-IOV. A newer image may have it.',
  },
  {
    code: 'VF2207',
    severity: 'error',
    title: 'The image cannot be read',
    explanation:
      '`--image` is the path of an image on the host whose card it is for: unpacked, a .bin as NVIDIA has it. mstflint on that host finds no file there, or no image in it. vflane neither fetches nor copies images between hosts.',
  },
  {
    code: 'VF2208',
    severity: 'error',
    title: 'The image is for another board',
    explanation:
      'The PSID says for which board an image is made: two cards of one model may have different ones. mstflint can be forced to burn another board’s image, which may leave a card that never starts again; vflane never does.',
  },
  {
    code: 'VF2209',
    severity: 'info',
    title: 'The flash has this firmware already',
    explanation:
      'The image has the version that is in the card’s flash: there is nothing to burn. What the card runs may be another one, until it is reset.',
  },
  {
    code: 'VF2210',
    severity: 'warning',
    title: 'The image is older than what the card has',
    explanation:
      'That may be what you want, after a newer one has brought trouble. Settings that the older one does not know are lost; what the card held is kept in /var/lib/vflane/firmware, settings and image, before anything is written.',
  },
  {
    code: 'VF2211',
    severity: 'error',
    title: 'So many VFs and a LAG exclude each other',
    explanation:
      'The overlay datapaths pair both ports of the card, and its firmware pairs none while NUM_OF_VFS is above 64, however many of them are in use (facts §1.2). 127 VFs a port are for legacy-vlan.',
  },
  {
    code: 'VF2212',
    severity: 'info',
    title: 'What the VFs take of card and machine',
    explanation:
      'Each VF has interrupt vectors and a window of the machine’s address space. The card holds ports × (NUM_PF_MSIX + NUM_OF_VFS × NUM_VF_MSIX) against its limit and refuses more; the BIOS gives each slot a window when it starts, and these VFs fit into the one that it gave (facts §6.2).',
  },
  {
    code: 'VF2213',
    severity: 'warning',
    title: 'The BIOS may have no room for so many VFs',
    explanation:
      'The VFs’ window, 2^VF_LOG_BAR_SIZE MiB × NUM_OF_VFS for each port, is larger than what the BIOS gave the slot, or that cannot be read. A BIOS finds more when it starts, with "Above 4G decoding" on; without, VFs come without windows (`not enough MMIO resources for SR-IOV`), and some machines do not start at all. The way out is then another machine, or a start without the card (facts §6.2).',
  },
  {
    code: 'VF2214',
    severity: 'error',
    title: 'The card has not so many VFs',
    explanation:
      'The number is beyond what this model’s firmware takes, whatever the machine has room for. Both ports have as many each: a ConnectX-5 stops at 127.',
  },
  {
    code: 'VF2215',
    severity: 'error',
    title: 'The card is in use and is not reset',
    explanation:
      'A reset takes both ports away for some seconds, and mstfwreset takes every VF away by itself, whoever has it. With `--reset` vflane resets a card only where it has no VF, no address, no bond or bridge, nothing of vflane’s, and is not the way by which you are connected; and only where the card says that it can (level 3). What could not be looked at counts as in use.',
  },
  {
    code: 'VF2216',
    severity: 'warning',
    title: 'Something written to the card does not count yet',
    explanation:
      'Flash and settings are read by the card when it is reset. For the firmware itself a reset of the card is enough where it can do one; the number of VFs and the sizes of windows change what the BIOS has to hand out, so that the host has to be started anew, and where the BIOS keeps what it had, its power switched off and on. vflane restarts no host.',
  },
  {
    code: 'VF2217',
    severity: 'warning',
    title: 'NUM_OF_VFS is lowered for the LAG',
    explanation:
      'Above 64 the firmware pairs no ports, and the file asks for a datapath that needs them paired. It is the only case in which vflane lowers a number that is large enough for the pool; say --vfs for another one.',
  },
  {
    code: 'VF2218',
    severity: 'error',
    title: 'Fewer VFs are asked for than the file has',
    explanation:
      'With --vfs less than the pool of the file, `vflane apply` would find the firmware too small afterwards. One of the two is not what you want.',
  },
];
