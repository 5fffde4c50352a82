import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { ledgerKey } from '../model/ledger.ts';
import { foreignBridges, roadLinks } from './road.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/** What carries the underlay must not be somebody else's port: the kernel would silently take it away from there. */
export const foreignMaster: Rule = (examined) => {
  const { spec, state, ledger } = examined;
  if (spec.overlay === undefined) return [];
  const bridges = foreignBridges(state);
  // A bond of vflane's that is no longer in the file is removed before its port is taken.
  const isOwn = (bond: string) =>
    bond === spec.underlay?.bond?.name || ledger?.entries.has(ledgerKey('host-bond', bond));
  const onWire = roadLinks(spec, state).flatMap(({ name, master }): readonly Finding[] => {
    const bridge = bridges.find(({ ports }) => ports.some((port) => port.name === name));
    if (bridge)
      return [taken(examined, name, `Open vSwitch’s bridge ${bridge.name}`, delPort(bridge.name, name))];
    if (master === undefined || isOwn(master) || master === 'ovs-system') return [];
    return [taken(examined, name, master, `ip link set dev ${name} nomaster`)];
  });
  return [...onWire, ...heldByDpdk(examined)];
};

/** A port of type dpdk has no netdev: it names its PCI function. */
function heldByDpdk(examined: Examined): readonly Finding[] {
  const { state } = examined;
  return foreignBridges(state).flatMap(({ name, ports }) =>
    ports.flatMap((port) => {
      const [pci] = (port.options['dpdk-devargs'] ?? '').split(',');
      if (![...state.pfs, ...(state.functions ?? [])].some((one) => one.pci === pci)) return [];
      return [
        taken(
          examined,
          `${pci}`,
          `Open vSwitch’s bridge ${name} (port ${port.name})`,
          delPort(name, port.name),
        ),
      ];
    }),
  );
}

function delPort(bridge: string, port: string): string {
  return `ovs-vsctl del-port ${bridge} ${port}`;
}

function taken(examined: Examined, what: string, by: string, remedy: string): Finding {
  const key = examined.host.nic.kind === 'software' ? ['underlay', 'ports'] : ['nic'];
  return finding(
    'VF2054',
    placeOf(examined, ...key),
    `${examined.host.name}: ${what} is to carry the underlay, but belongs to ${by}, which vflane did not make`,
    `If nothing uses it there, take it out: ${remedy}. Else name other ports.`,
  );
}
