import { guestCommands } from '../guest/guest-commands.ts';
import { type Manager, managerLines, managers, type PlacedLane } from '../guest/manager-lines.ts';
import { networkConfig } from '../guest/network-config.ts';
import { networkdFiles } from '../guest/networkd-files.ts';
import type { FabricHost } from '../model/fabric.ts';
import type { GuestSpec, LaneSpec } from '../model/host-spec.ts';
import type { HostPlan } from '../operate/plan-host.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { type Fleet, withFleet } from './fleet.ts';
import { exitCodeOf } from './outcome-findings.ts';
import { planFleet } from './plan.ts';
import { printFindings } from './print-findings.ts';
import { findingsOf } from './troubles.ts';
import { UsageError } from './usage-error.ts';
import { findingsJson } from './validate.ts';

/** What to do inside a guest, and what its VM manager needs. */
export const run: VerbHandler = (context, args, options) =>
  withFleet(context, 'vflane.export-guest/1', async (fleet) => {
    const [name = ''] = args;
    const host = hostOf(fleet, name);
    const [planned] = await planFleet({ ...fleet, onEach: (work) => fleet.onEach(work, [host]) }, options);
    const findings = planned ? findingsOf([planned]) : [];
    printFindings(findings, fleet.sources, context.output);
    const guest = planned?.value?.spec?.guests.find((candidate) => candidate.name === name);
    if (planned?.value && guest)
      print(context, { host, guest, lanes: lanesOf(guest, planned.value) }, options.format);
    else context.output.json('vflane.export-guest/1', { findings: findingsJson(findings) });
    return firstEarned(planned?.trouble ? [exitCodeOf(planned.trouble)] : [exitCodes.asAsked]);
  });

function hostOf({ fabric, hosts }: Fleet, name: string): FabricHost {
  const host = hosts.find(({ guests }) => guests.some((guest) => guest.name === name));
  if (host) return host;
  const names = fabric.hosts.flatMap(({ guests }) => guests.map((guest) => guest.name));
  throw new UsageError(
    `the file has no guest ${JSON.stringify(name)}`,
    `Its guests: ${names.join(', ') || 'none'}.`,
  );
}

interface Exported {
  readonly host: FabricHost;
  readonly guest: GuestSpec;
  readonly lanes: readonly PlacedLane[];
}

function lanesOf(guest: GuestSpec, looked: HostPlan): readonly PlacedLane[] {
  return guest.lanes.map((lane) => ({ lane, functions: functionsOf(lane, looked) }));
}

/** The VFs' PCI addresses, in the order of the ports; undefined before the pool exists. */
function functionsOf(lane: LaneSpec, { state }: HostPlan): readonly (string | undefined)[] {
  return lane.members.map(
    ({ pf, index }) => state.pfs.find(({ pci }) => pci === pf)?.vfs.find((vf) => vf.index === index)?.pci,
  );
}

function print({ output }: VerbContext, exported: Exported, format: unknown): void {
  const { host, guest, lanes } = exported;
  for (const line of linesFor(exported, format)) output.result(line);
  output.json('vflane.export-guest/1', {
    guest: guest.name,
    host: host.name,
    kind: guest.kind,
    lanes: lanes.map(({ lane, functions }) => ({
      network: lane.network,
      bond: lane.bond,
      mtu: lane.mtu,
      addresses: lane.addresses,
      gateways: lane.gateways,
      dns: lane.dns,
      dhcp: lane.dhcp,
      vfs: lane.members.map(({ mac, pf, index }, port) => ({
        port,
        pf,
        index,
        mac,
        pci: functions[port] ?? null,
      })),
      commands: guestCommands(lane),
    })),
    networkConfig: networkConfig(guest.lanes).join('\n'),
    networkd: networkdFiles(guest.lanes).map(({ path, text }) => ({ path, text })),
    managers: Object.fromEntries(managers.map((manager) => [manager, linesOfManager(manager, exported)])),
    findings: [],
  });
}

/** Everything, as a page to read; or one format, ready for use. */
function linesFor(exported: Exported, format: unknown): readonly string[] {
  const { guest } = exported;
  const manager = managers.find((one) => one === format);
  if (manager) return linesOfManager(manager, exported);
  if (format === 'cloud-init') return networkConfig(guest.lanes);
  if (format === 'networkd') return networkdLines(guest.lanes);
  if (format === 'commands') return guest.lanes.flatMap(guestCommands);
  return page(exported);
}

function linesOfManager(manager: Manager, { host, guest, lanes }: Exported): readonly string[] {
  return managerLines(manager, { name: guest.name, isPlain: host.datapath === 'ovs-dpdk' }, lanes);
}

function page(exported: Exported): readonly string[] {
  const { host, guest } = exported;
  const title = `# ${guest.name} on ${host.name}`;
  const inside = guest.lanes.flatMap((lane) => [`# ${lane.network}`, ...guestCommands(lane)]);
  if (guest.kind === 'netns' || guest.kind === 'host')
    return [title, '# It lives on the host itself: `vflane apply` does all of this there.', ...inside];
  return [
    title,
    ...(guest.machine
      ? ['# vflane runs it: `vflane apply` does all of this. For another image, or another manager:']
      : []),
    '',
    ...managers.flatMap((manager) => [
      `# What its VM manager needs: ${manager}`,
      ...linesOfManager(manager, exported).map((line) => (line.startsWith('#') ? line : `#   ${line}`)),
      '',
    ]),
    '# Inside the guest, as root',
    ...inside,
    '',
    '# The same for cloud-init: network-config',
    ...networkConfig(guest.lanes).map((line) => `#   ${line}`),
    '',
    '# The same for systemd-networkd',
    ...networkdLines(guest.lanes).map((line) => `#   ${line}`.trimEnd()),
  ];
}

function networkdLines(lanes: readonly LaneSpec[]): readonly string[] {
  return networkdFiles(lanes).flatMap(({ path, text }) => [`# ${path}`, ...text.split('\n')]);
}
