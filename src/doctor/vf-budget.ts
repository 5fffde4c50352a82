import type { Ailment, Patient } from './ailment.ts';
import { seenOf } from './seen-parts.ts';

const mib = 2 ** 20;

/** What NUM_OF_VFS costs the machine, asked before it is raised (facts §6.2). */
export interface VfBudget {
  readonly pci: string;
  /** NUM_OF_VFS as it is in effect. */
  readonly vfs: number;
  /** MiB of address space per VF; undefined if the BIOS gave none, or it cannot be read. */
  readonly mibEach: number | undefined;
  /** MiB that the port above forwards to the whole slot. */
  readonly windowMib: number | undefined;
  /** The most VFs per port that fit into that window beside the rest of the card; undefined if it is unknown. */
  readonly fits: number | undefined;
  /** MSI-X vectors for VFs in all; undefined if the driver does not say. */
  readonly msix: number | undefined;
}

export function budgetsOf({ state, survey }: Patient): readonly VfBudget[] {
  const ports = state.pfs.filter(({ present }) => present).length;
  return state.pfs.flatMap(({ pci, id, totalVfs }) => {
    // For another maker's card it is unknown what else it takes, and how its number of VFs is changed.
    if (id !== undefined && !id.startsWith('15b3:')) return [];
    const [window, vfs] = [seenOf(survey.cards[pci]?.window), seenOf(totalVfs)];
    if (window === undefined || vfs === undefined || vfs === 0) return [];
    const mibEach = window.bytes > 0 ? window.bytes / vfs / mib : undefined;
    const windowMib = window.above === undefined ? undefined : window.above / mib;
    const ownMib = 32;
    const room = windowMib === undefined ? undefined : windowMib / ports - ownMib;
    const fits =
      room === undefined || mibEach === undefined ? undefined : Math.max(0, Math.floor(room / mibEach));
    return [{ pci, vfs, mibEach, windowMib, fits, msix: window.msix }];
  });
}

/** `NUM_OF_VFS=16, of 1 MiB each; …`. */
export function budgetText({ vfs, mibEach, windowMib, fits, msix }: VfBudget): string {
  const each = mibEach === undefined ? 'the BIOS gave them no address space' : `of ${mibEach} MiB each`;
  const room =
    windowMib === undefined
      ? 'what the slot could have cannot be read'
      : `the BIOS gave the slot ${windowMib} MiB${fits === undefined ? '' : `, room for ${fits} per port; for more, the BIOS has to give it more at boot`}`;
  const vectors = msix === undefined ? '' : `; ${msix} MSI-X vectors for all VFs`;
  return `NUM_OF_VFS=${vfs}, ${each}; ${room}${vectors}`;
}

/** If more VFs are wanted than the firmware has, says whether the machine has room for them before it is rebooted. */
export const raiseBeyondWindow: Ailment = {
  code: 'VF2160',
  costs: 'With too little address space the VFs come without BARs, and some machines do not start at all.',
  source: 'facts §6.2 (VF BAR window; boot hang)',
  texts: [
    'hangs on boot after NUM_OF_VFS was raised',
    'not enough MMIO resources for SR-IOV',
    'BAR 7: no space for [mem size',
  ],
  find: (patient) => {
    const wanted = patient.wants?.host.vfs ?? 0;
    return budgetsOf(patient).flatMap((budget) => {
      const { pci, vfs, mibEach, fits } = budget;
      if (wanted <= vfs || mibEach === undefined || fits === undefined || wanted <= fits) return [];
      return [
        {
          at: pci,
          message: `the file asks for ${wanted} VFs per port: ${wanted * mibEach} MiB, but the BIOS gave the slot room for ${fits}`,
          evidence: [
            { read: `/sys/bus/pci/devices/${pci}/sriov_totalvfs`, saw: `${vfs}` },
            { read: `/sys/bus/pci/devices/${pci}/resource`, saw: budgetText(budget) },
          ],
          remedy: [`mstconfig -d ${pci} -y set NUM_OF_VFS=${wanted}`, 'reboot'],
          advice:
            'Before raising it: "Above 4G decoding" and SR-IOV on in the BIOS, and somebody at the console (a machine that hangs starts again with the card in another slot, or SRIOV_EN=0):',
        },
      ];
    });
  },
};
