import type { Slot } from '../model/survey.ts';
import type { Ailment, Patient, Symptom } from './ailment.ts';
import { isLess, linkText } from './pcie.ts';
import { listed, logged, seenOf, vfsOf } from './seen-parts.ts';

/** Both ports share the slot: the first speaks for the card. */
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

/** The smaller of what card and slot could. */
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
        message: `the card runs at ${linkText(slot.now)}, and card and slot could do ${linkText(couldBe(slot))}: the link has trained down`,
        evidence: slotEvidence(pci, slot),
        remedy: [`lspci -vv -s ${pci} | grep -e LnkCap -e LnkSta`, `dmesg | grep -e ${pci} -e AER`],
        advice:
          'Power off, reseat the card, clean the contacts, try another slot or riser. What the link says of itself:',
      })),
};

export const narrowSlot: Ailment = {
  code: 'VF2114',
  costs: 'The slot, and not the card, is what both ports together cannot exceed.',
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
        message: `the slot gives ${linkText(slot.now)}, and the card could do ${linkText(slot.card)}${slot.above ? '' : '; whether the slot could do more cannot be read'}`,
        evidence: slotEvidence(pci, slot),
        remedy: [],
        advice:
          'Nothing is wrong with it: one port at line rate fits into x8 of 16 GT/s, both at once do not. For more, take a slot with more lanes.',
      })),
};

export const firmwarePending: Ailment = {
  code: 'VF2115',
  costs: 'The card runs the old firmware until it is reset, and a fix that was burnt does not count yet.',
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
        message: `the card runs firmware ${first.seen.running}, and ${first.seen.stored} is in its flash`,
        evidence: differing.map(({ pci, seen }) => ({
          read: `devlink dev info pci/${pci}`,
          saw: `running ${seen.running}, stored ${seen.stored}`,
        })),
        remedy: [`mstfwreset -d ${first.pci} q`, `mstfwreset -d ${first.pci} -y reset`],
        advice: 'With no VFs and no guests on it; if the card knows no such reset, reboot:',
      },
    ];
  },
};

export const inRecovery: Ailment = {
  code: 'VF2134',
  costs: 'There is no netdev, no VF and no link: the card is not there for anything but a new firmware.',
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
        message: 'there is no IOMMU, and VFs are for VMs here',
        evidence: [{ read: '/sys/kernel/iommu_groups', saw: 'empty' }],
        remedy: [
          "sed -i 's/^GRUB_CMDLINE_LINUX=\"/&intel_iommu=on /' /etc/default/grub; update-grub; reboot",
        ],
        advice: 'Switch it on in the BIOS (AMD-Vi, VT-d); on Intel besides:',
      },
    ];
  },
};

/** CPU lists as the kernel prints them, `0-3,8`. */
export function cpusIn(list: string): ReadonlySet<number> {
  const parts = list.split(',').flatMap((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return Number.isInteger(from) && Number.isInteger(to) && to >= from && to - from < 8192
      ? Array.from({ length: to - from + 1 }, (_, at) => from + at)
      : [];
  });
  return new Set(parts);
}

export const farFromCard: Ailment = {
  code: 'VF2120',
  costs:
    'Every packet of the guest crosses between the sockets: more latency, and figures that vary from run to run.',
  source: 'facts §10, §14.20',
  texts: ['VM on another NUMA node than the NIC', 'throughput varies from run to run'],
  find: ({ state, survey }) => {
    const [card] = state.pfs.flatMap(({ pci }) => survey.cards[pci] ?? []);
    const [node, near] = [seenOf(card?.numaNode), seenOf(card?.localCpus)];
    if (node === undefined || node < 0 || near === undefined) return [];
    const local = cpusIn(near);
    return survey.holders.flatMap(({ pid, command, cpus }): readonly Symptom[] => {
      const list = seenOf(cpus);
      const far = [...cpusIn(list ?? '')].filter((cpu) => !local.has(cpu));
      if (list === undefined || far.length === 0) return [];
      return [
        {
          at: `pid ${pid}`,
          message: `${command} (pid ${pid}) may run on CPUs that are not near the card, which is on NUMA node ${node}`,
          evidence: [
            { read: `/proc/${pid}/status`, saw: `Cpus_allowed_list: ${list}` },
            { read: `/sys/bus/pci/devices/${state.pfs[0]?.pci}/local_cpulist`, saw: near },
          ],
          remedy: [`taskset -a -c -p ${near} ${pid}`],
          advice: 'Pin it now, and in its VM manager for the next start:',
        },
      ];
    });
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
        message: `the kernel is locked down (${level}), as Secure Boot makes it: the firmware tools are refused`,
        evidence: [{ read: '/sys/kernel/security/lockdown', saw: `[${level}]` }],
        remedy: [],
        advice: 'Do what concerns the firmware once with Secure Boot off in the BIOS, or in another machine.',
      },
    ];
  },
};

export const writeBlocked: Ailment = {
  code: 'VF2132',
  costs: 'The write hangs until the guest ends, and every other write to the card’s files with it.',
  source: 'facts §3.1 (blocked until device is released); vfio_main.c',
  texts: [
    'Relaying device request to user (#0)',
    'No device request channel registered, blocked until released by user',
    'Device is currently in use, task "tee" (1234) blocked until device is released',
  ],
  find: (patient) => {
    const lines = logged(patient, /Relaying device request to user|blocked until (device is )?released/);
    const holding = patient.survey.holders.filter(({ groups }) => groups.length > 0);
    if (lines.length === 0 || holding.length === 0) return [];
    const [first] = holding;
    return [
      {
        at: `pid ${first?.pid}`,
        message: `somebody asked the kernel to take VFs away that ${listed(holding.map(({ command, pid }) => `${command} (pid ${pid})`))} still has open`,
        evidence: [
          ...lines.slice(-2).map((text) => ({ read: 'dmesg', saw: text })),
          ...holding.slice(0, 3).map(({ pid, groups }) => ({
            read: `/proc/${pid}/fd`,
            saw: `/dev/vfio/${groups.join(', /dev/vfio/')}`,
          })),
        ],
        remedy: [`kill ${first?.pid}`],
        advice: 'Shut the guest down properly; the write goes through then. Nothing else ends it:',
      },
    ];
  },
};

export const modeRefused: Ailment = {
  code: 'VF2130',
  costs: 'The port stays in legacy mode: no representors, no offload, no VF-LAG.',
  source: 'facts §2.1, §13.2; test-eswitch-toggle-mode-fail.sh',
  texts: [
    'Error: mlx5_core: Failed setting eswitch to offloads.\nkernel answers: Invalid argument',
    'Failed setting eswitch to offloads',
    'Failed to create slow path FDB Table',
    'CREATE_FLOW_TABLE(0x930) op_mod(0x0) failed, status bad parameter(0x3), syndrome (0x98afbb), err(-22)',
  ],
  find: (patient) => {
    const lines = logged(patient, /0x98afbb|Failed to create slow path FDB/);
    const legacy = patient.state.pfs.filter(
      ({ pci, eswitch }) => seenOf(eswitch) === 'legacy' && lines.some((line) => line.includes(pci)),
    );
    return legacy.map(({ pci, vfs, driver }) => {
      const bound = vfs.filter((vf) => vf.driver !== undefined);
      return {
        at: pci,
        message: `the port was to go into switchdev and the firmware refused, because VFs had a driver${bound.length > 0 ? ` (${bound.length} have one now)` : ''}`,
        evidence: [
          ...lines
            .filter((line) => line.includes(pci))
            .slice(-2)
            .map((text) => ({ read: 'dmesg', saw: text })),
          { read: `devlink dev eswitch show pci/${pci}`, saw: 'mode legacy' },
        ],
        remedy: [
          ...bound
            .slice(0, 8)
            .map((vf) => `echo ${vf.pci} > /sys/bus/pci/drivers/${vf.driver ?? driver}/unbind`),
          `devlink dev eswitch set pci/${pci} mode switchdev`,
        ],
      };
    });
  },
};

export const lagNotUndone: Ailment = {
  code: 'VF2129',
  costs: 'The card keeps a LAG that the kernel has given up; only a reload of the driver makes it whole.',
  source: 'facts §1.3',
  texts: ['Failed to deactivate VF LAG; driver restart required'],
  find: (patient) => {
    const lines = logged(patient, /Failed to deactivate VF LAG/);
    const last = lines.at(-1);
    const isBonded = patient.state.pfs.some(({ lag }) => seenOf(lag)?.state === 'active');
    if (last === undefined || isBonded) return [];
    const [first] = patient.state.pfs;
    return [
      {
        at: first?.pci ?? 'LAG',
        message: 'the bond was taken apart while VFs had drivers, and the card did not let its LAG go',
        evidence: [{ read: 'dmesg', saw: last }],
        remedy: [`devlink dev reload pci/${first?.pci}`],
        advice: 'With every guest off the card:',
      },
    ];
  },
};
