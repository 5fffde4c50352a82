import type { CatalogueEntry } from './finding.ts';

/** VF2200–2229: what `vflane firmware` reports. */
export const firmwareFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF2200',
    severity: 'error',
    title: 'mstflint is not installed',
    explanation:
      'mstflint, mstconfig and mstfwreset read and write the firmware of NVIDIA’s cards; all three are in Debian’s package mstflint. Without them vflane knows nothing of flash and settings. Run apt-get install mstflint on the host; everything else in vflane works without.',
  },
  {
    code: 'VF2201',
    severity: 'error',
    title: 'There is no card whose firmware vflane can read',
    explanation:
      'The file names no card on this host, or one of another maker, whose firmware mstflint does not know. VFs work there as well; only their number in the firmware is set with the maker’s own tools.',
  },
  {
    code: 'VF2202',
    severity: 'error',
    title: 'Only root may ask a card for its firmware',
    explanation:
      'The tools reach the card through its PCI configuration space, which the kernel opens to root alone. Run vflane as root on that host.',
  },
  {
    code: 'VF2203',
    severity: 'error',
    title: 'The kernel locks the firmware tools out of the card',
    explanation:
      'With Secure Boot, Debian’s kernel is locked down: no program, not even root’s, may reach a card’s configuration space (kernel_lockdown(7); facts §6.2). Set firmware and NUM_OF_VFS once with Secure Boot off, or in another machine; they stay in the card.',
  },
  {
    code: 'VF2204',
    severity: 'error',
    title: 'The firmware could not be read',
    explanation:
      'A tool failed, or printed something that vflane does not know. vflane assumes nothing about what it could not read, so nothing is planned. The tools take a semaphore on the card: while another one is running, or after one was killed, they refuse (mstflint -d PCI --clear_semaphore, if none runs).',
  },
  {
    code: 'VF2205',
    severity: 'error',
    title: 'The card is in recovery mode',
    explanation:
      'A card whose own firmware does not start, for instance after an interrupted burn, answers as its boot loader, with another PCI id. It cannot say which board it is, so nothing would keep a wrong image off it: vflane does not burn it. Burn the image for the PSID on its label, then switch the power off and on.',
  },
  {
    code: 'VF2206',
    severity: 'error',
    title: 'The firmware offers no SR-IOV',
    explanation:
      'mstconfig lists no NUM_OF_VFS for this card: its firmware, or its model, has no SR-IOV. A newer image may have it.',
  },
  {
    code: 'VF2207',
    severity: 'error',
    title: 'The image cannot be read',
    explanation:
      '`--image` is the path of an image on the host that has the card: unpacked, a .bin as NVIDIA has it. mstflint on that host finds no file there, or no image in it. vflane neither fetches images nor copies them between hosts.',
  },
  {
    code: 'VF2208',
    severity: 'error',
    title: 'The image is for another board',
    explanation:
      'The PSID says which board an image is for: two cards of one model may have different ones. mstflint can be forced to burn another board’s image, which may leave a card that never starts again; vflane never does.',
  },
  {
    code: 'VF2209',
    severity: 'info',
    title: 'The flash already has this firmware',
    explanation:
      'The image has the version that is in the card’s flash: there is nothing to burn. The card may run another version until it is reset.',
  },
  {
    code: 'VF2210',
    severity: 'warning',
    title: 'The image is older than the card’s firmware',
    explanation:
      'That may be what you want if a newer one caused trouble. Settings that the older one does not know are lost; before anything is written, the card’s settings and image are saved in /var/lib/vflane/firmware.',
  },
  {
    code: 'VF2211',
    severity: 'error',
    title: 'The card cannot have so many VFs and a LAG',
    explanation:
      'The overlay datapaths pair both ports of the card, and its firmware pairs none while NUM_OF_VFS is above 64, however many are in use (facts §1.2). 127 VFs per port are for legacy-vlan.',
  },
  {
    code: 'VF2212',
    severity: 'info',
    title: 'What the VFs take from card and machine',
    explanation:
      'Each VF takes interrupt vectors and a window of the machine’s address space. The card holds ports × (NUM_PF_MSIX + NUM_OF_VFS × NUM_VF_MSIX) against its limit and refuses more; the BIOS gives each slot a window at boot, and these VFs fit into the present one (facts §6.2).',
  },
  {
    code: 'VF2213',
    severity: 'warning',
    title: 'The BIOS may have no room for so many VFs',
    explanation:
      'The VFs’ window, 2^VF_LOG_BAR_SIZE MiB × NUM_OF_VFS for each port, is larger than what the BIOS gave the slot, or that cannot be read. A BIOS finds more at boot with "Above 4G decoding" on; without it, VFs come without windows (`not enough MMIO resources for SR-IOV`), and some machines do not start at all. You then need another machine, or a start without the card (facts §6.2).',
  },
  {
    code: 'VF2214',
    severity: 'error',
    title: 'The card does not support so many VFs',
    explanation:
      'The number is beyond what this model’s firmware takes, whatever the machine has room for. Each port has as many: a ConnectX-5 stops at 127.',
  },
  {
    code: 'VF2215',
    severity: 'error',
    title: 'The card is in use, so it is not reset',
    explanation:
      'A reset takes both ports away for some seconds, and mstfwreset removes every VF by itself, whoever has it. With `--reset` vflane resets a card only if it has no VF, no address, no bond or bridge and nothing of vflane’s, and does not carry your own connection; and only if the card says that it can (level 3). What could not be looked at counts as in use.',
  },
  {
    code: 'VF2216',
    severity: 'warning',
    title: 'A change to the card is not in effect yet',
    explanation:
      'The card reads flash and settings when it is reset. For the firmware itself a reset of the card is enough, if it can do one. The number of VFs and the window sizes change what the BIOS has to hand out, so the host has to be rebooted; if the BIOS keeps the old values, its power has to be switched off and on. vflane restarts no host.',
  },
  {
    code: 'VF2217',
    severity: 'warning',
    title: 'NUM_OF_VFS is lowered for the LAG',
    explanation:
      'Above 64 the firmware pairs no ports, and the file asks for a datapath that needs them paired. This is the only case in which vflane lowers a number that is large enough for the pool; use --vfs for another one.',
  },
  {
    code: 'VF2218',
    severity: 'error',
    title: 'Fewer VFs are asked for than the file has',
    explanation:
      'With --vfs below the file’s pool, `vflane apply` would find the firmware too small afterwards. One of the two is not what you want.',
  },
];
