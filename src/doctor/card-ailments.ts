import type { Slot } from '../model/survey.ts';
import type { Ailment, Patient, Symptom } from './ailment.ts';
import { isLess, linkText } from './pcie.ts';
import { listed, logged, seenOf, vfsOf } from './seen-parts.ts';

/** Both ports share the slot: the first stands for the card. */
function slots({ survey }: Patient): readonly { readonly pci: string; readonly slot: Slot }[] {
  const all = Object.entries(survey.cards).flatMap(([pci, card]) => {
    const slot = seenOf(card.slot);
    return slot === undefined ? [] : [{ pci, slot }];
  });
  return all.filter(({ pci }, place) => all.findIndex((one) => slotOf(one.pci) === slotOf(pci)) === place);
}

function slotOf(pci: string): string {
  return pci.slice(0, pci.lastIndexOf('.'));
}

function slotEvidence(pci: string, { now, card, above, port }: Slot) {
  const folder = `/sys/bus/pci/devices/${pci}`;
  return [
    { read: `${folder}/current_link_{speed,width}`, saw: linkText(now) },
    { read: `${folder}/max_link_{speed,width}`, saw: linkText(card) },
    ...(above
      ? [{ read: `/sys/bus/pci/devices/${port}/max_link_{speed,width}`, saw: `the slot: ${linkText(above)}` }]
      : []),
  ];
}

/** The lesser of what card and slot are capable of. */
function couldBe({ card, above }: Slot) {
  return above !== undefined && isLess(above, card) ? above : card;
}

export const trainedDown: Ailment = {
  code: 'VF2113',
  costs: 'Both ports together carry less than the slot could: often less than a single port’s line rate.',
  source: 'facts §3.3, §11, §14.15',
  texts: [
    '63.008 Gb/s available PCIe bandwidth, limited by 16.0 GT/s PCIe x4 link at 0000:00:01.1 (capable of 252.048 Gb/s with 16.0 GT/s PCIe x16 link)',
    'available PCIe bandwidth, limited by',
    'LnkSta: Speed 8GT/s (downgraded), Width x4 (downgraded)',
  ],
  find: (patient) =>
    slots(patient)
      .filter(({ slot }) => slot.above !== undefined && isLess(slot.now, couldBe(slot)))
      .map(({ pci, slot }) => ({
        at: pci,
        message: `the card runs at ${linkText(slot.now)}, but card and slot could do ${linkText(couldBe(slot))}: the link has trained down`,
        evidence: slotEvidence(pci, slot),
        remedy: [`lspci -vv -s ${pci} | grep -e LnkCap -e LnkSta`, `dmesg | grep -e ${pci} -e AER`],
        advice:
          'Power off, reseat the card, clean the contacts, try another slot or riser. What the link reports:',
      })),
};

export const narrowSlot: Ailment = {
  code: 'VF2114',
  costs: 'The slot, not the card, limits what both ports carry together.',
  source: 'facts §11, §14.15',
  texts: [
    '126.024 Gb/s available PCIe bandwidth, limited by 16.0 GT/s PCIe x8 link at 0000:00:01.1 (capable of 252.048 Gb/s with 16.0 GT/s PCIe x16 link)',
  ],
  find: (patient) =>
    slots(patient)
      .filter(
        ({ slot }) =>
          isLess(slot.now, slot.card) && (slot.above === undefined || !isLess(slot.now, couldBe(slot))),
      )
      .map(({ pci, slot }) => ({
        at: pci,
        message: `the slot gives ${linkText(slot.now)}, but the card could do ${linkText(slot.card)}${slot.above ? '' : '; whether the slot could do more cannot be read'}`,
        evidence: slotEvidence(pci, slot),
        remedy: [],
        advice:
          'Nothing is wrong: one port at line rate fits into x8 of 16 GT/s, both at once do not. For more, use a slot with more lanes.',
      })),
};

export const firmwarePending: Ailment = {
  code: 'VF2115',
  costs: 'The card runs the old firmware until it is reset, and a fix that was burnt has no effect yet.',
  source: 'facts §6.1, §14.16',
  texts: ['FW Version(Running):', 'firmware running differs from flashed', 'reset pending'],
  find: ({ survey }) => {
    const differing = Object.entries(survey.cards).flatMap(([pci, { firmware }]) => {
      const seen = seenOf(firmware);
      return seen?.running !== undefined && seen.stored !== undefined && seen.running !== seen.stored
        ? [{ pci, seen }]
        : [];
    });
    const [first] = differing;
    if (first === undefined) return [];
    return [
      {
        at: listed(differing.map(({ pci }) => pci)),
        message: `the card runs firmware ${first.seen.running}, but ${first.seen.stored} is in its flash`,
        evidence: differing.map(({ pci, seen }) => ({
          read: `devlink dev info pci/${pci}`,
          saw: `running ${seen.running}, stored ${seen.stored}`,
        })),
        remedy: [`mstfwreset -d ${first.pci} q`, `mstfwreset -d ${first.pci} -y reset`],
        advice: 'With no VFs and no guests on it; if the card does not support this reset, reboot:',
      },
    ];
  },
};

export const inRecovery: Ailment = {
  code: 'VF2134',
  costs: 'There is no netdev, no VF and no link: the card accepts nothing but new firmware.',
  source: 'facts §6; pci.ids (Flash Recovery)',
  texts: [
    'Flash Recovery',
    'mlx5_core: probe failed with error',
    'wait_fw_init: Waiting for FW initialization, timeout abort',
  ],
  find: ({ survey }) =>
    survey.odd
      .filter(({ recovery }) => recovery)
      .map(({ pci, id }) => ({
        at: pci,
        message: 'the card’s own firmware does not start: it answers as its boot loader (recovery)',
        evidence: [{ read: `/sys/bus/pci/devices/${pci}/device`, saw: id }],
        remedy: [`mstflint -d ${pci} q`, `mstflint -d ${pci} -i IMAGE burn`],
        advice: 'Burn the image of its exact PSID, and power the machine off and on again:',
      })),
};

export const cardWithoutDriver: Ailment = {
  code: 'VF2164',
  costs: 'The port cannot be used, and neither can its VFs.',
  source: 'facts §3.1, §3.3',
  texts: [
    'mlx5_core: disagrees about version of symbol',
    'Unknown symbol in module mlx5_core',
    'no driver bound to device',
  ],
  find: ({ survey }) =>
    survey.odd
      .filter(({ recovery, driver }) => !recovery && driver === undefined)
      .map(({ pci, id }) => ({
        at: pci,
        message: `a Mellanox card (${id}) has no driver`,
        evidence: [{ read: `/sys/bus/pci/devices/${pci}/driver`, saw: 'none' }],
        remedy: [
          'modprobe mlx5_core',
          `echo ${pci} > /sys/bus/pci/drivers_probe`,
          'dmesg | grep mlx5_core | tail',
        ],
      })),
};

export const sriovOff: Ailment = {
  code: 'VF2003',
  costs: 'The port has no VFs to share.',
  source: 'facts §3.1, §6.2',
  texts: [
    'sriov_numvfs: No such file or directory',
    'driver does not support SR-IOV configuration via sysfs',
    'SRIOV_EN False(0)',
  ],
  find: ({ state }) =>
    state.pfs
      .filter(({ present, driver, totalVfs }) => present && driver === 'mlx5_core' && totalVfs === 0)
      .map(({ pci }) => ({
        at: pci,
        message: 'the firmware offers no VFs',
        evidence: [{ read: `/sys/bus/pci/devices/${pci}/sriov_totalvfs`, saw: 'not there, or 0' }],
        remedy: [`mstconfig -d ${pci} -y set SRIOV_EN=1 NUM_OF_VFS=16`, 'reboot'],
        advice: 'With SR-IOV and "Above 4G decoding" on in the BIOS:',
      })),
};

export const noRoomForVfs: Ailment = {
  code: 'VF2131',
  costs: 'No VF can be made, though the firmware offers them.',
  source: 'facts §3.1, §6.2 (BAR window); drivers/pci/iov.c',
  texts: [
    'not enough MMIO resources for SR-IOV',
    "can't enable 16 VFs (bus 04 out of range of [bus 03])",
    'SR-IOV: IOV BARS not allocated',
    'write error: Cannot allocate memory',
    'BAR 7: no space for [mem size',
  ],
  find: (patient) =>
    patient.state.pfs.flatMap(({ pci, totalVfs, numVfs }): readonly Symptom[] => {
      const window = seenOf(patient.survey.cards[pci]?.window);
      if (window?.bytes !== 0 || !((seenOf(totalVfs) ?? 0) > 0) || (seenOf(numVfs) ?? 0) > 0) return [];
      const lines = logged(
        patient,
        /MMIO resources for SR-IOV|IOV BARS|out of range of|BAR (7|9|11): no space/,
      );
      return [
        {
          at: pci,
          message: `the BIOS gave no address space for the port’s ${seenOf(totalVfs)} VFs`,
          evidence: [
            { read: `/sys/bus/pci/devices/${pci}/resource`, saw: 'the six windows of VFs are empty' },
            ...lines.slice(-2).map((text) => ({ read: 'dmesg', saw: text })),
          ],
          remedy: [`mstconfig -d ${pci} -y set NUM_OF_VFS=8`, 'reboot'],
          advice:
            'Switch "Above 4G decoding" and SR-IOV on in the BIOS (or add pci=realloc to the kernel command line); else ask for fewer:',
        },
      ];
    }),
};

export const noIommu: Ailment = {
  code: 'VF2005',
  costs: 'No VF can be given to a VM, and no port to DPDK.',
  source: 'facts §3.3',
  texts: [
    'vfio-pci: probe of 0000:03:00.2 failed with error -22',
    'vfio: no iommu_group found',
    'no iommu_group found: No such file or directory',
  ],
  find: ({ state, wants }) => {
    const asked = wants?.spec.nics.some(({ pfs }) =>
      pfs.some(({ vfs }) => vfs.some(({ driver }) => driver === 'vfio-pci')),
    );
    const tried = vfsOf(state).some(({ vf }) => vf.driverOverride === 'vfio-pci');
    if (state.iommu !== false || !(asked || tried)) return [];
    return [
      {
        message: 'there is no IOMMU, but VFs are for VMs here',
        evidence: [{ read: '/sys/kernel/iommu_groups', saw: 'empty' }],
        remedy: [
          "sed -i 's/^GRUB_CMDLINE_LINUX=\"/&intel_iommu=on /' /etc/default/grub; update-grub; reboot",
        ],
        advice: 'Switch it on in the BIOS (AMD-Vi, VT-d); on Intel also:',
      },
    ];
  },
};

export const lockdown: Ailment = {
  code: 'VF2122',
  costs:
    'mstflint and mstconfig cannot reach the card: firmware and NUM_OF_VFS stay as they are. VFs, switchdev and bridges work.',
  source: 'facts §1.1, §6.2, §14.23',
  texts: [
    'mellanox device detected when in lockdown mode',
    'Lockdown: mstconfig: direct PCI access is restricted; see man kernel_lockdown.7',
    'mstflint -E- Cannot open Device',
  ],
  find: ({ survey }) => {
    const level = seenOf(survey.lockdown);
    if (level === undefined || level === 'none' || Object.keys(survey.cards).length === 0) return [];
    return [
      {
        message: `the kernel is locked down (${level}), as under Secure Boot: the firmware tools are refused`,
        evidence: [{ read: '/sys/kernel/security/lockdown', saw: `[${level}]` }],
        remedy: [],
        advice: 'Do all firmware work with Secure Boot off in the BIOS, or in another machine.',
      },
    ];
  },
};
