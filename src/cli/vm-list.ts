import type { FabricHost } from '../model/fabric.ts';
import { guestPaths } from '../model/guest-paths.ts';
import type { MachineState } from '../model/machine-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { type GuestsLook, lookAtGuests } from '../operate/guests.ts';
import { type Machine, machinesIn } from '../resource/machine-text.ts';
import type { VerbHandler } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { withFleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { printFindings } from './print-findings.ts';
import { findingsOf } from './troubles.ts';
import { findingsJson } from './validate.ts';
import { vmsNamed } from './vm-names.ts';

/** Lists the VMs of every host, a line each. */
export const list: { readonly run: VerbHandler } = {
  run: (context) => tell(context, 'list', undefined, lineOf),
};

/** One VM, with everything it is made of. */
export const status: { readonly run: VerbHandler } = {
  run: (context, names) => tell(context, 'status', names, linesOf),
};

function tell(
  context: Parameters<VerbHandler>[0],
  verb: string,
  names: readonly string[] | undefined,
  lines: (one: Row) => readonly string[],
): Promise<number> {
  const schema = `vflane.vm-${verb}/1`;
  return withFleet(context, schema, async (fleet) => {
    const asked = names === undefined ? undefined : vmsNamed(fleet, names);
    const hosts = asked === undefined ? fleet.hosts : [...new Set(asked.map(({ host }) => host))];
    const looked = await fleet.onEach(
      async (site, host) => rowsOf(host, await lookAtGuests(site, fleet.fabric, host)),
      hosts,
    );
    const rows = looked
      .flatMap(({ value }) => value ?? [])
      .filter(({ one }) => names === undefined || names.includes(one.name));
    const findings = findingsOf(looked);
    for (const row of rows) for (const line of lines(row)) context.output.result(line);
    if (rows.length === 0 && findings.length === 0) context.output.log('the file has no VMs');
    printFindings(findings, fleet.sources, context.output);
    context.output.json(schema, { guests: rows.map(rowJson), findings: findingsJson(findings) });
    return firstEarned(looked.map(({ trouble }) => (trouble ? exitCodeOf(trouble) : exitCodes.asAsked)));
  });
}

interface Row {
  readonly host: FabricHost;
  readonly one: Machine;
  readonly guest: MachineState | undefined;
  readonly look: GuestsLook;
}

function rowsOf(host: FabricHost, look: GuestsLook): readonly Row[] {
  return machinesIn(look.spec).map((one) => ({
    host,
    one,
    guest: look.state.machines?.guests[one.name],
    look,
  }));
}

/** `running`, `stopped`, `failed`, …, as its manager says; `unknown` if nobody could be asked. */
function stateOf({ one, guest }: Row): string {
  if (guest === undefined) return 'unknown';
  const { unit, domain } = guest;
  if (one.machine.manager === 'libvirt') {
    if (domain === undefined || isUnseen(domain)) return 'unknown';
    return domain === null ? 'not defined' : domain.state === 'shut off' ? 'stopped' : domain.state;
  }
  if (isUnseen(unit)) return 'unknown';
  if (unit.active === 'active') return 'running';
  if (guest.dropIn === null) return 'not defined';
  return unit.active === 'inactive' ? 'stopped' : unit.active;
}

function lineOf(row: Row): readonly string[] {
  const { name, machine } = row.one;
  const size = `${machine.cpus} CPUs, ${machine.memoryMiB} MiB`;
  const more = machine.autostart ? 'starts with the host' : 'started by hand';
  return [`${row.host.name}: ${name} ${stateOf(row)} (${machine.manager}, ${size}, ${more})`];
}

function linesOf(row: Row): readonly string[] {
  const { one, look, guest } = row;
  const { name, machine } = one;
  const paths = guestPaths(name);
  const disk = guest?.disk;
  const lanes = look.spec.guests.find((candidate) => candidate.name === name)?.lanes ?? [];
  return [
    ...lineOf(row),
    `  image    ${machine.image}`,
    `  disk     ${disk === undefined || disk === null || isUnseen(disk) ? 'none yet' : paths.disk}`,
    ...(machine.pci.length > 0 ? [`  given    ${machine.pci.join(', ')}`] : []),
    ...lanes.map(({ network, members, tap, addresses, mtu }) => {
      const ends = tap ? [tap.port] : members.map(({ pf, index }) => `VF ${index} of ${pf}`);
      return `  network  ${network}: ${ends.join(' and ')}, ${[...addresses, `MTU ${mtu}`].join(', ')}`;
    }),
    ...(machine.manager === 'systemd' ? [`  unit     ${paths.unit}`, `  console  ${paths.console}`] : []),
  ];
}

function rowJson(row: Row) {
  const { name, machine } = row.one;
  const { cpus, memoryMiB, manager, autostart, image, pci } = machine;
  return { host: row.host.name, name, state: stateOf(row), manager, autostart, cpus, memoryMiB, image, pci };
}
