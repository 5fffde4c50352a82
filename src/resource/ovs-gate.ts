import { bootPlaces } from '../model/boot.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { Json } from '../model/json.ts';
import { startHook } from '../model/ovs-start.ts';
import { daemonReload, isRead, leaveFolder, put } from './boot-files.ts';
import type { Resource } from './resource.ts';

const { gate } = bootPlaces;

/**
 * Delays ovs-vswitchd at a start of the host until its card, or its ports, are ready for DPDK (facts §17): before that
 * it would exit, and systemd would give up after some tries. An unmet condition fails no unit, so
 * nothing waits and nothing is stopped; vflane starts the daemon as soon as it can.
 */
export const ovsGate: Resource = {
  kind: 'ovs-gate',
  timeoutMs: 10_000,
  wanted: (spec) => {
    const ready = readySign(spec);
    return spec.boot && ready !== undefined ? [{ at: startHook.unit, value: gateText(ready) }] : [];
  },
  there: ({ boot }) =>
    boot === undefined || boot.gate === null ? [] : [{ at: startHook.unit, value: boot.gate }],
  move: (_at, _from, to) => ({ actions: [...put(gate, to as string | null), daemonReload, ...left(to)] }),
  settled: () => [isRead(startHook.unit)],
  why: (_from, to) =>
    to === null
      ? 'Let ovs-vswitchd start without waiting for the card.'
      : 'Hold ovs-vswitchd back at boot until the card is ready: DPDK looks for it only once.',
};

function left(to: Json) {
  return to === null ? [leaveFolder(gate.replace(/\/[^/]*$/, ''))] : [];
}

/** VFs appear after switchdev and the LAG; a port that DPDK takes whole is ready once it has its driver. */
function readySign({ overlay, underlay }: HostSpec): string | undefined {
  if (overlay?.dpdk === undefined) return undefined;
  const [port] = underlay?.functions ?? [];
  return port === undefined
    ? `/sys/bus/pci/devices/${overlay.dpdk}/virtfn*`
    : `/sys/bus/pci/drivers/vfio-pci/${port}`;
}

function gateText(ready: string): string {
  return `# Written by vflane enable, and taken away by vflane disable.
[Unit]
ConditionPathExistsGlob=${ready}
`;
}
