import { benchFindings } from './catalogue-bench.ts';
import { bootFindings } from './catalogue-boot.ts';
import { byHandFindings } from './catalogue-by-hand.ts';
import { connectionFindings } from './catalogue-connection.ts';
import { defectFindings } from './catalogue-defect.ts';
import { doctorFindings } from './catalogue-doctor.ts';
import { fileFindings } from './catalogue-file.ts';
import { firmwareFindings } from './catalogue-firmware.ts';
import { hostFindings } from './catalogue-host.ts';
import { importFindings } from './catalogue-import.ts';
import { labFindings } from './catalogue-lab.ts';
import { machineFindings } from './catalogue-machines.ts';
import { measureFindings } from './catalogue-measure.ts';
import { overlayFindings } from './catalogue-overlay.ts';
import { planFindings } from './catalogue-plan.ts';
import { prepareFindings } from './catalogue-prepare.ts';
import type { CatalogueEntry, Finding, Where } from './finding.ts';

/** Every kind of finding there is, in the order of the codes. */
export const catalogue: readonly CatalogueEntry[] = [
  ...fileFindings,
  ...hostFindings,
  ...overlayFindings,
  ...machineFindings,
  ...byHandFindings,
  ...doctorFindings,
  ...firmwareFindings,
  ...bootFindings,
  ...prepareFindings,
  ...importFindings,
  ...planFindings,
  ...connectionFindings,
  ...labFindings,
  ...measureFindings,
  ...benchFindings,
  ...defectFindings,
];

const byCode: ReadonlyMap<string, CatalogueEntry> = new Map(catalogue.map((entry) => [entry.code, entry]));

/** The explanation of a code; undefined if there is no such code. */
export function explained(code: string): CatalogueEntry | undefined {
  return byCode.get(code);
}

/** The only way to make a finding: its severity is the catalogue's. An unknown code is a defect, and throws. */
export function finding(code: string, where: Where, message: string, hint: string): Finding {
  const entry = byCode.get(code);
  if (!entry) throw new Error(`no finding ${code} in the catalogue`);
  return { code, severity: entry.severity, where, message, hint };
}
