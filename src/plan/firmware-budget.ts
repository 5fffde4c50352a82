import { placeOf } from '../doctor/rule.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { type FirmwareAsked, type FirmwareCard, nextOf, seenOf, wantedVfs } from './firmware-asked.ts';

/** What a number of VFs costs the card and the machine (facts §6.2). */
export interface FirmwareBudget {
  readonly vfs: number;
  readonly ports: number;
  /** num_pfs*(num_pf_msix+total_vfs*num_vf_msix), which the card compares with its own limit; undefined if one of these numbers is unknown. */
  readonly vectors: number | undefined;
  /** MiB of address space for the VFs of all ports: 2^VF_LOG_BAR_SIZE each. */
  readonly vfMib: number | undefined;
  /** The same, including what the ports themselves take. */
  readonly allMib: number | undefined;
  /** What the BIOS gave the slot; undefined if it cannot be read. */
  readonly slotMib: number | undefined;
}

const mib = 2 ** 20;

export function firmwareBudget(card: FirmwareCard, vfs: number): FirmwareBudget {
  const ports = Math.max(1, card.pfs.length);
  const [pfMsix, vfMsix] = [nextOf(card, 'NUM_PF_MSIX'), nextOf(card, 'NUM_VF_MSIX')];
  const [pfBar, vfBar] = [nextOf(card, 'PF_LOG_BAR_SIZE'), nextOf(card, 'VF_LOG_BAR_SIZE')];
  const vfMib = vfBar === undefined ? undefined : 2 ** vfBar * vfs * ports;
  const above = seenOf(card.window)?.above;
  return {
    vfs,
    ports,
    vectors: pfMsix === undefined || vfMsix === undefined ? undefined : ports * (pfMsix + vfs * vfMsix),
    vfMib,
    allMib: vfMib === undefined || pfBar === undefined ? undefined : vfMib + 2 ** pfBar * ports,
    slotMib: above === undefined ? undefined : above / mib,
  };
}

/** `16 VFs on each of 2 ports: 478 MSI-X vectors in all, 32 MiB of address space; the BIOS gave the slot 128 MiB`. */
export function firmwareBudgetText({ vfs, ports, vectors, vfMib, slotMib }: FirmwareBudget): string {
  const interrupts = vectors === undefined ? '' : ` ${vectors} MSI-X vectors in all,`;
  const space =
    vfMib === undefined ? 'address space that the card does not tell' : `${vfMib} MiB of address space`;
  const slot =
    slotMib === undefined
      ? 'what the BIOS gave the slot cannot be read'
      : `the BIOS gave the slot ${slotMib} MiB`;
  return `${vfs} VFs on each of ${ports === 1 ? '1 port' : `${ports} ports`}:${interrupts} ${space}; ${slot}`;
}

/** Shown before NUM_OF_VFS is raised. */
export function budgetFindings(asked: FirmwareAsked, card: FirmwareCard): readonly Finding[] {
  const [before, wanted] = [nextOf(card, 'NUM_OF_VFS'), wantedVfs(asked, card)];
  const isOff = nextOf(card, 'SRIOV_EN') === 0;
  if (before === undefined || (wanted <= before && !isOff)) return [];
  const budget = firmwareBudget(card, wanted);
  const fits = budget.allMib !== undefined && budget.slotMib !== undefined && budget.allMib <= budget.slotMib;
  const message = `${asked.host.name}: ${card.pci}: ${firmwareBudgetText(budget)}`;
  return [
    fits
      ? finding(
          'VF2212',
          placeOf(asked, 'vfs'),
          message,
          'It fits into what the slot has now. The card itself refuses more vectors than it has.',
        )
      : finding(
          'VF2213',
          placeOf(asked, 'vfs'),
          message,
          'Before you restart: SR-IOV and "Above 4G decoding" on in the BIOS. Some machines hang at the start where there is no room: then lower NUM_OF_VFS, or switch SRIOV_EN off, with the card in another machine.',
        ),
  ];
}
