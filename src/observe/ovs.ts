import { HostError, type HostReader } from '../host/host.ts';
import type { HostState } from '../model/host-state.ts';
import { type NftLines, nftTables } from '../model/nft-table.ts';
import type { OvsState } from '../model/ovs-state.ts';
import { isUnseen, type Seen, type Unseen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';
import { parseNftTable } from './nft.ts';
import { type OvsDbBridge, ovsDbQuery, parseOvsDb } from './ovs-db.ts';
import { parseFlows } from './ovs-flows.ts';

/**
 * Looks at Open vSwitch: a process for its database, and one for the flows of each of vflane's bridges. If none of them
 * answers, one more tells whether the daemon runs at all.
 */
export async function observeOvs(
  reader: HostReader,
  /** Bridges that should exist: their flows are queried while the database answers. If there are none, the daemon is queried. */
  known?: readonly string[],
): Promise<Seen<OvsState>> {
  const early = known?.length === 0 ? observeDaemon(reader) : undefined;
  const [asked, db, alternative] = await Promise.all([
    // First, because a bridge's flows take the longest.
    Promise.all((known ?? []).map(async (bridge) => [bridge, await observeFlows(reader, bridge)] as const)),
    observeDb(reader),
    observeAlternative(reader),
  ]);
  if (isUnseen(db)) return db;
  const flowsOfKnown = new Map(asked);
  const seenFlows = await Promise.all(
    db.bridges.map((bridge) => {
      if (!isOurs(bridge)) return undefined;
      return flowsOfKnown.get(bridge.name) ?? observeFlows(reader, bridge.name);
    }),
  );
  const isAlive = seenFlows.some((flows) => flows !== undefined && !isUnseen(flows));
  const daemon = isAlive ? true : await (early ?? observeDaemon(reader));
  // Flows are in no database: without the daemon there are none (facts §17).
  const flowsOf = (place: number) => (daemon === false ? [] : (seenFlows[place] ?? []));
  const settings = alternative === undefined ? db.settings : { ...db.settings, alternative };
  const bridges = db.bridges.map((bridge, place) => ({ ...bridge, flows: flowsOf(place) }));
  return { ...db, settings, daemon, bridges };
}

function isOurs({ externalIds }: OvsDbBridge): boolean {
  return externalIds['vflane-network'] !== undefined || externalIds['vflane-role'] !== undefined;
}

/** Which daemon somebody chose; undefined if Debian chooses (update-alternatives(1), FILES). */
async function observeAlternative(reader: HostReader): Promise<string | undefined> {
  const record = await seenOr(() => reader.readFile('/var/lib/dpkg/alternatives/ovs-vswitchd'));
  if (typeof record !== 'string' || !record.startsWith('manual\n')) return undefined;
  const target = await seenOr(() => reader.readLink('/etc/alternatives/ovs-vswitchd'));
  return typeof target === 'string' ? target : undefined;
}

function observeDb(reader: HostReader) {
  const look = async () => parseOvsDb((await reader.query(ovsDbQuery)).stdout);
  return look().catch((error: unknown) => whyNoDb(error) ?? seen(() => Promise.reject(error)));
}

/** The two usual reasons, short enough for a line (ovs-vsctl names its socket and the errno itself). */
function whyNoDb(error: unknown): Unseen | undefined {
  if (!(error instanceof HostError)) return undefined;
  const { kind, stderr = '' } = error.details;
  if (kind === 'missing')
    return { unseen: 'Open vSwitch is not installed: there is no ovs-vsctl', lacks: 'program' };
  const said = /ovs-vsctl: (.*database connection failed.*)/.exec(stderr)?.[1];
  // Its socket is root's: being refused says nothing about whether anybody listens.
  if (said?.includes('Permission denied')) return { unseen: said };
  return said === undefined ? undefined : { unseen: `ovsdb-server does not run: ${said}`, lacks: 'service' };
}

/** Its pidfile is removed when it stops, and after a crash its socket refuses: both end ovs-appctl with 1. */
function observeDaemon(reader: HostReader): Promise<Seen<boolean>> {
  return seen(async () => {
    try {
      await reader.query(['ovs-appctl', '--timeout=5', '-t', 'ovs-vswitchd', 'version']);
      return true;
    } catch (error) {
      if (error instanceof HostError && isGone(error.details.stderr ?? '')) return false;
      throw error;
    }
  });
}

/** lib/daemon-unix.c, lib/unixctl.c; whoever may not open the socket is told so. */
function isGone(stderr: string): boolean {
  return /cannot (read pidfile|connect to)/.test(stderr) && !/Permission denied|not permitted/.test(stderr);
}

function observeFlows(reader: HostReader, bridge: string) {
  return seen(async () => {
    const { stdout } = await reader.query(['ovs-ofctl', '--names', '--no-stats', 'dump-flows', bridge]);
    return parseFlows(stdout);
  });
}

/** Looks at vflane's own nftables tables: a process each. */
export async function observeGuard(reader: HostReader): Promise<NonNullable<HostState['guard']>> {
  const look = async (table: string) => [table, await observeTable(reader, table)] as const;
  return Object.fromEntries(await Promise.all(Object.values(nftTables).map(look)));
}

/** nft fails with ENOENT where there is none. */
function observeTable(reader: HostReader, table: string): Promise<Seen<NftLines>> {
  return seen(async () => {
    try {
      const { stdout } = await reader.query(['nft', '-j', 'list', 'table', ...table.split(' ')]);
      return parseNftTable(stdout, table);
    } catch (error) {
      if (error instanceof HostError && error.details.stderr?.includes('No such file or directory'))
        return [];
      throw error;
    }
  });
}
