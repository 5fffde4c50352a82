import type { BridgeSpec } from '../model/host-spec.ts';
import type { OvsBridge } from '../model/ovs-state.ts';
import { isUnseen } from '../model/unseen.ts';
import type { Resource } from './resource.ts';

type Bridge = { readonly network: string; readonly datapathType: string; readonly failMode: string };

/**
 * A network's bridge. `fail-mode=secure`: without flows it forwards nothing. Its LOCAL port stays down, because the
 * kernel's VXLAN socket listens on every address: a bridge that is up takes tunnel packets from its own tenants
 * (facts §17).
 */
export const bridge: Resource = {
  kind: 'bridge',
  timeoutMs: 15_000,
  made: true,
  transaction: 'ovsdb',
  wanted: ({ overlay }) =>
    (overlay?.bridges ?? []).map((spec) => ({ at: spec.name, value: wantedBridge(spec) })),
  there: ({ ovs }) => {
    if (ovs === undefined) return [];
    if (isUnseen(ovs)) return [{ at: '*', value: ovs }];
    return ovs.bridges.map((seen) => ({ at: seen.name, value: seenBridge(seen) }));
  },
  // If its datapath changes, Open vSwitch recreates the bridge without flows, and its own port too (bridge.c, add_del_bridges).
  replaced: (from, to) =>
    (from as Bridge).network !== (to as Bridge).network ||
    (from as Bridge).datapathType !== (to as Bridge).datapathType,
  move: (at, from, to) => ({ vsctl: commands(at, from as Bridge | null, to as Bridge | null) }),
  settled: () => [],
  why: (_from, to) =>
    to === null
      ? 'Remove the networks’ bridges, with all their ports.'
      : 'Make a bridge for each network; it forwards nothing until it has flows.',
};

function wantedBridge({ network, datapathType }: BridgeSpec): Bridge {
  return { network, datapathType, failMode: 'secure' };
}

function seenBridge({ datapathType, failMode, externalIds }: OvsBridge): Bridge {
  const type = datapathType === '' ? 'system' : datapathType;
  return { network: externalIds['vflane-network'] ?? '', datapathType: type, failMode };
}

function commands(name: string, from: Bridge | null, to: Bridge | null): readonly (readonly string[])[] {
  if (to === null) return from === null ? [] : [['--if-exists', 'del-br', name]];
  const { network, datapathType, failMode } = to;
  const settings = [
    `datapath_type=${datapathType}`,
    failMode === '' ? 'fail_mode=[]' : `fail_mode=${failMode}`,
    `external_ids:vflane-network=${network}`,
  ];
  return [...(from === null ? [['add-br', name]] : []), ['set', 'Bridge', name, ...settings]];
}
