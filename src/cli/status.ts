import type { Fold, OpenPlan } from '../apply/fold.ts';
import type { HostReader } from '../host/host.ts';
import type { FabricHost } from '../model/fabric.ts';
import { type BootStatus, bootStatus, bootTroubles, bootWords } from '../operate/boot-status.ts';
import { softwareOn } from '../operate/forwarding.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { withFleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { printFindings } from './print-findings.ts';
import { withDigest } from './shown-plan.ts';
import { findingsOf } from './troubles.ts';
import { findingsJson } from './validate.ts';

/** What vflane holds on each host, and whether something waits for the operator. The host itself is looked at only for this: whether it forwards in hardware, if it may but need not, and, if it is enabled, the result of its last start. */
export const run: VerbHandler = (context) =>
  withFleet(context, 'vflane.status/1', async (fleet) => {
    const told = await fleet.onEach(async (site, host) => {
      const fold = await site.fold();
      const software = await softwareOn(site.reader, fleet.fabric, host, fold.ledger);
      const isCutOff = await wasCutOff(site.reader, fold);
      return { fold, host, software, isCutOff, boot: await bootStatus(site.reader, fold) };
    });
    const findings = [
      ...findingsOf(told),
      ...told.flatMap(({ host, value }) => (value ? bootTroubles(host, value.boot) : [])),
      ...told.flatMap(({ value }) => value?.software ?? []),
    ];
    for (const { host, value } of told) {
      for (const line of value ? [...linesOf(value), bootWords(value.boot)] : [])
        context.output.result(`${host}: ${line}`);
    }
    printFindings(findings, fleet.sources, context.output);
    const hosts = told.flatMap(({ host, value }) =>
      value ? [{ host, ...foldJson(value.fold), boot: bootJson(value.boot) }] : [],
    );
    context.output.json('vflane.status/1', { hosts, findings: findingsJson(findings) });
    return firstEarned(
      told.map(({ host, trouble, value }) => {
        if (trouble) return exitCodeOf(trouble);
        return value && bootTroubles(host, value.boot).length > 0 ? exitCodes.differs : exitCodes.asAsked;
      }),
    );
  });

/** Whether the host has restarted since a plan that was not finished, or not confirmed. */
async function wasCutOff(reader: HostReader, { open, unconfirmed }: Fold): Promise<boolean> {
  const former = open ?? unconfirmed;
  if (former === undefined) return false;
  return (await reader.readFile('/proc/sys/kernel/random/boot_id')).trim() !== former.bootId;
}

interface Told {
  readonly fold: Fold;
  readonly host: FabricHost;
  readonly isCutOff: boolean;
}

function linesOf({ fold, host: at, isCutOff }: Told): readonly string[] {
  const { ledger, history } = fold;
  const last = history.at(-1);
  const counts = new Map<string, number>();
  for (const { resource } of ledger.entries.values()) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  const holds = [...counts].map(([resource, count]) => `${count} ${resource}`).join(', ');
  return [
    ...waitingLines(fold, isCutOff),
    last ? `last plan ${last.id}: ${last.verb}, ${last.outcome}` : 'nothing was ever done',
    holds === '' ? 'vflane holds nothing here' : `vflane holds ${holds}`,
    ...Object.entries(ledger.allocation).map(
      ([attachment, index]) => `${attachment} has ${placeOf(index, at)}`,
    ),
  ];
}

/** What the operator has to decide, with the commands for that. */
function waitingLines({ open, unconfirmed }: Fold, isCutOff: boolean): readonly string[] {
  const former = open ?? unconfirmed;
  if (former && isCutOff)
    return [
      `the plan ${former.id} (${former.verb}) was cut off by a restart of the host: \`vflane apply\` looks anew, and closes it`,
    ];
  if (open)
    return [
      `the plan ${open.id} (${open.verb}) was interrupted after ${open.stepsDone} of ${open.steps.length} steps: \`vflane resume\` or \`vflane rollback\``,
    ];
  if (!unconfirmed) return [];
  return [
    `the plan ${unconfirmed.id} waits to be confirmed${until(unconfirmed)}: \`vflane confirm\` or \`vflane rollback\``,
  ];
}

/** On an overlay an attachment is one VF, from port 0's pool first and then from port 1's; elsewhere it is one of each port. */
function placeOf(index: number, { datapath, nic, vfs }: FabricHost): string {
  if (datapath === 'legacy-vlan') return `VF ${index} of each port`;
  return nic.kind === 'software'
    ? 'a netdev of the kernel, and no VF'
    : `VF ${index % vfs} of port ${Math.floor(index / vfs)}`;
}

function until({ deadline }: OpenPlan): string {
  return deadline === undefined ? '' : ` until ${new Date(deadline).toISOString()}`;
}

function bootJson(status: BootStatus) {
  if (!('report' in status)) return { status: status.kind };
  const { time, tookMs } = status.report;
  return { status: status.kind, time: new Date(time).toISOString(), tookMs };
}

function foldJson({ ledger, open, unconfirmed, history }: Fold) {
  const last = history.at(-1);
  return {
    allocation: ledger.allocation,
    holds: [...ledger.entries.values()].map(({ resource, at, value, was }) => ({
      resource,
      at,
      value: withDigest(value),
      was: withDigest(was),
    })),
    open: open ? { id: open.id, verb: open.verb, stepsDone: open.stepsDone, steps: open.steps.length } : null,
    unconfirmed: unconfirmed
      ? { id: unconfirmed.id, verb: unconfirmed.verb, deadline: unconfirmed.deadline ?? null }
      : null,
    last: last ? { id: last.id, verb: last.verb, outcome: last.outcome } : null,
  };
}
