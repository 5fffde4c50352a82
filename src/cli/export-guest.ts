import { guestCommands } from '../guest/guest-commands.ts';
import { networkConfig } from '../guest/network-config.ts';
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
    if (planned?.value && guest) print(context, host, guest, planned.value);
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

function print({ output }: VerbContext, host: FabricHost, guest: GuestSpec, looked: HostPlan): void {
  const lanes = guest.lanes.map((lane) => ({ lane, functions: functionsOf(lane, looked) }));
  for (const line of linesOf(host, guest, lanes)) output.result(line);
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
    findings: [],
  });
}

/** The VFs' PCI addresses, in the order of the ports; undefined before the pool is there. */
function functionsOf(lane: LaneSpec, { state }: HostPlan): readonly (string | undefined)[] {
  return lane.members.map(
    ({ pf, index }) => state.pfs.find(({ pci }) => pci === pf)?.vfs.find((vf) => vf.index === index)?.pci,
  );
}

interface Lane {
  readonly lane: LaneSpec;
  readonly functions: readonly (string | undefined)[];
}

function linesOf(host: FabricHost, guest: GuestSpec, lanes: readonly Lane[]): readonly string[] {
  const local = guest.kind === 'netns' || guest.kind === 'host';
  const title = `# ${guest.name} on ${host.name}`;
  if (local)
    return [
      title,
      '# It lives on the host itself: `vflane apply` does all of this there.',
      ...lanes.flatMap(laneLines),
    ];
  return [
    title,
    '',
    '# What its VM manager needs',
    ...lanes.flatMap((lane) => managerLines(lane, host)),
    '',
    '# Inside the guest, as root',
    ...lanes.flatMap(laneLines),
    '',
    '# The same for cloud-init: network-config',
    ...networkConfig(guest.lanes).map((line) => `#   ${line}`),
  ];
}

function laneLines({ lane }: Lane): readonly string[] {
  return [`# ${lane.network}`, ...guestCommands(lane)];
}

function managerLines({ lane, functions }: Lane, host: FabricHost): readonly string[] {
  if (lane.tap) return tapLines(lane.network, lane.tap, host);
  return lane.members.flatMap(({ mac, pf, index }, port) => {
    const pci = functions[port];
    const what = `# ${lane.network}, port ${port}: VF ${index} of ${pf}, MAC ${mac}`;
    return pci === undefined
      ? [`${what} (its PCI address is known after vflane apply)`]
      : [what, `#   QEMU:    -device vfio-pci,host=${pci}`, `#   libvirt: ${hostdev(pci)}`];
  });
}

/**
 * The tap is there already, and up: no script is to make it. In user space the VM must not leave checksums to it, as it does
 * with virtio's header (drivers/net/tun.c): Open vSwitch reads the frames without them, and no TCP connection comes about.
 */
function tapLines(
  network: string,
  { port, mac }: NonNullable<LaneSpec['tap']>,
  { datapath }: FabricHost,
): readonly string[] {
  const plain = datapath === 'ovs-dpdk' ? ',vnet_hdr=off' : '';
  const netdev = `-netdev tap,id=${port},ifname=${port},script=no,downscript=no${plain}`;
  return [
    `# ${network}: the tap ${port}, MAC ${mac}`,
    `#   QEMU:    ${netdev} -device virtio-net-pci,netdev=${port},mac=${mac}`,
  ];
}

/** `managed='no'`: vflane has bound the VF already, and nothing else is to touch it. */
function hostdev(pci: string): string {
  const [domain, bus, slot, fn] = pci.split(/[:.]/);
  const address = `<address domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${fn}'/>`;
  return `<hostdev mode='subsystem' type='pci' managed='no'><source>${address}</source></hostdev>`;
}
