import type { OvsBridge, OvsPort, OvsState } from '../model/ovs-state.ts';

/** The columns asked for of each table, in the order of `parseOvsDb`: one transaction, one process. */
export const ovsDbQuery: readonly string[] = [
  ...['ovs-vsctl', '--timeout=10', '--format=json'],
  ...['--columns=other_config,ovs_version,dpdk_initialized', 'list', 'Open_vSwitch'],
  ...['--', '--columns=name,ports,datapath_type,fail_mode,external_ids,other_config', 'list', 'Bridge'],
  ...['--', '--columns=_uuid,name,interfaces,protected,tag,bond_mode,external_ids', 'list', 'Port'],
  ...['--', '--columns=_uuid,name,type,options,external_ids,error,mtu_request', 'list', 'Interface'],
];

type Row = { readonly [column: string]: unknown };
type StringMap = { readonly [key: string]: string };

/** A bridge as OVSDB has it; its flows are not in the database. */
export type OvsDbBridge = Omit<OvsBridge, 'flows'>;

/**
 * Parses the four tables, one JSON document per line (RFC 7047, 5.1, wrapped by ovs-vsctl's own table format).
 * @throws SyntaxError, TypeError on any other text.
 */
export function parseOvsDb(
  stdout: string,
): Omit<OvsState, 'bridges' | 'daemon'> & { readonly bridges: readonly OvsDbBridge[] } {
  const tables = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(rowsOf);
  // Half an answer, from a tool that was killed, would pass for a database without bridges.
  if (tables.length < 4) throw new TypeError(`ovs-vsctl printed ${tables.length} of 4 tables`);
  const [settings = [], bridges = [], ports = [], interfaces = []] = tables;
  const byUuid = new Map(interfaces.map((row) => [uuid(row._uuid), row]));
  const portByUuid = new Map(ports.map((row) => [uuid(row._uuid), ovsPort(row, byUuid)]));
  return {
    version: text(settings[0]?.ovs_version),
    settings: map(settings[0]?.other_config),
    dpdkInitialized: settings[0]?.dpdk_initialized === true,
    bridges: bridges.map((row) => ({
      name: text(row.name),
      datapathType: text(row.datapath_type),
      failMode: text(row.fail_mode),
      externalIds: map(row.external_ids),
      hwaddr: map(row.other_config).hwaddr ?? '',
      ports: set(row.ports).flatMap((item) => portByUuid.get(uuid(item)) ?? []),
    })),
  };
}

function ovsPort(row: Row, interfaces: ReadonlyMap<string, Row>): OvsPort {
  const faces = set(row.interfaces).flatMap((item): readonly Row[] => {
    const face = interfaces.get(uuid(item));
    return face === undefined ? [] : [face];
  });
  const byName = [...faces].sort((a, b) => (text(a.name) < text(b.name) ? -1 : 1));
  const face: Row = byName[0] ?? {};
  const [[tag], [mtu]] = [set(row.tag), set(face.mtu_request)];
  return {
    name: text(row.name),
    protected: row.protected === true,
    tag: typeof tag === 'number' ? tag : undefined,
    type: text(face.type),
    options: map(face.options),
    devargs: Object.fromEntries(
      byName.map((each) => [text(each.name), map(each.options)['dpdk-devargs'] ?? '']),
    ),
    externalIds: { ...map(face.external_ids), ...map(row.external_ids) },
    error: byName.map((each) => text(each.error)).find((error) => error !== '') ?? '',
    members: byName.map((each) => text(each.name)),
    bondMode: text(row.bond_mode),
    mtuRequest: typeof mtu === 'number' ? mtu : 0,
  };
}

function rowsOf(line: string): readonly Row[] {
  const { data, headings } = (JSON.parse(line) ?? {}) as {
    readonly data?: unknown;
    readonly headings?: unknown;
  };
  if (!Array.isArray(data) || !Array.isArray(headings)) throw new TypeError('ovs-vsctl printed no table');
  return data.map((cells: unknown) =>
    Object.fromEntries(
      headings.map((name: unknown, place) => [String(name), Array.isArray(cells) ? cells[place] : undefined]),
    ),
  );
}

/** A set of one is printed as its element, an empty set as `["set",[]]`. */
function set(value: unknown): readonly unknown[] {
  if (Array.isArray(value) && value[0] === 'set') return Array.isArray(value[1]) ? value[1] : [];
  return value === undefined ? [] : [value];
}

function uuid(value: unknown): string {
  return Array.isArray(value) && value[0] === 'uuid' ? String(value[1]) : '';
}

function map(value: unknown): StringMap {
  const pairs = Array.isArray(value) && value[0] === 'map' && Array.isArray(value[1]) ? value[1] : [];
  return Object.fromEntries(pairs.filter(Array.isArray).map(([key, item]) => [String(key), String(item)]));
}

function text(value: unknown): string {
  const [only] = set(value);
  return typeof only === 'string' ? only : '';
}
