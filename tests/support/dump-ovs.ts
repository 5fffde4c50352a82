import type { BridgeInForce, Ovs, OvsRow } from '../../src/sim/ovs/state.ts';

/** The configured columns; the daemon writes the others, or they hold numbers that it assigns again. */
const asked: { readonly [table: string]: readonly string[] } = {
  Open_vSwitch: ['other_config', 'external_ids'],
  Bridge: ['name', 'datapath_type', 'fail_mode', 'external_ids', 'other_config'],
  Port: ['name', 'protected', 'tag', 'external_ids'],
  Interface: ['name', 'type', 'options', 'external_ids', 'error', 'mtu_request'],
};

/** Everything of Open vSwitch in which two hosts may differ, line by line. */
export function dumpOvs(ovs: Ovs): readonly string[] {
  const { rows, daemon, uuids: _uuids, ...rest } = ovs;
  const { program, hwOffload, dpdk, bridges = {} } = daemon ?? {};
  return [
    `ovs ${JSON.stringify({ ...rest, program, hwOffload, dpdk })}`,
    ...Object.values(rows).map(rowLine).sort(),
    ...Object.entries(bridges).flatMap(([name, bridge]) => flowLines(name, bridge)),
  ];
}

function rowLine({ table, values }: OvsRow): string {
  const kept = (asked[table] ?? []).flatMap((column) => (values[column] ? [[column, values[column]]] : []));
  return `ovs ${table} ${JSON.stringify(kept)}`;
}

function flowLines(name: string, { ports, flows, datapath, failMode }: BridgeInForce): readonly string[] {
  const names = new Map(
    Object.entries(ports).map(([port, number]) => [`in_port=${number}`, `in_port=${port}`]),
  );
  const lines = flows.map(({ table, priority, match, actions }) => {
    const named = match.map((part) => names.get(part) ?? part);
    return `ovs flow ${name} ${table} ${priority} ${named.join(',')} ${actions}`;
  });
  return [`ovs in force ${name} ${datapath} ${failMode}`, ...lines.sort()];
}
