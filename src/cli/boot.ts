import type { Outcome } from '../model/outcome.ts';
import { type Booted, type BootOptions, bootHost } from '../operate/boot.ts';
import type { Workshop } from '../operate/workshop.ts';
import { exitCodeOf, outcomeFindings } from './outcome-findings.ts';
import type { Output } from './output.ts';
import { newPlanId } from './plan-id.ts';
import { printFindings } from './print-findings.ts';
import { progressOf } from './progress.ts';

interface Here extends Pick<BootOptions, 'patienceMs'> {
  /** How many processes have been started so far. */
  readonly processes?: () => number;
}

/** What vflane-boot.service starts: brings the host back, logging how. Returns the exit code. */
export async function boot(
  workshop: Workshop,
  output: Output,
  { processes, ...patience }: Here = {},
): Promise<number> {
  const { name } = workshop.host;
  const booted = await bootHost(workshop, {
    planId: newPlanId,
    onEvent: progressOf(name, output),
    explain: (outcome) => outcomeFindings(name, outcome),
    tell: (line) => output.log(`${name}: ${line}`),
    ...patience,
  });
  const by = processes === undefined ? '' : ` and ${processes()} processes`;
  output.log(`${name}: ${wordsOf(booted)}${by}`);
  printFindings(booted.report.findings, {}, { ...output, result: output.log });
  return exitCodeOf(booted.outcome);
}

const endings: { readonly [kind in Outcome['kind']]?: string } = {
  applied: 'is as it was last asked to be',
  'nothing-to-do': 'is as it was last asked to be already',
};

function wordsOf({ report, outcome }: Booted): string {
  const took = `${(report.tookMs / 1000).toFixed(1)} s`;
  return `${endings[outcome.kind] ?? `is not as it was last asked to be (${outcome.kind})`}, after ${took}`;
}
