import { HostError, type HostReader } from '../host/host.ts';
import type { OvsState, Seen } from '../model/host-state.ts';
import { type NftLines, nftTable } from '../model/nft-table.ts';
import { seen } from './look.ts';
import { parseNftTable } from './nft.ts';
import { ovsDbQuery, parseOvsDb } from './ovs-db.ts';
import { parseFlows } from './ovs-flows.ts';

/** Looks at Open vSwitch: one process for its database, and one for the flows of each bridge that is vflane's. */
export function observeOvs(reader: HostReader): Promise<Seen<OvsState>> {
  return seen(async () => {
    const { stdout } = await reader.query(ovsDbQuery);
    const db = parseOvsDb(stdout);
    const bridges = await Promise.all(
      db.bridges.map(async (bridge) => {
        const isOurs = bridge.externalIds['vflane-network'] !== undefined;
        return { ...bridge, flows: isOurs ? await observeFlows(reader, bridge.name) : [] };
      }),
    );
    return { ...db, bridges };
  });
}

function observeFlows(reader: HostReader, bridge: string) {
  return seen(async () => {
    const { stdout } = await reader.query(['ovs-ofctl', '--names', '--no-stats', 'dump-flows', bridge]);
    return parseFlows(stdout);
  });
}

/** Looks at vflane's own nftables table. nft fails with ENOENT where there is none. */
export function observeGuard(reader: HostReader): Promise<Seen<NftLines>> {
  return seen(async () => {
    try {
      return parseNftTable(
        (await reader.query(['nft', '-j', 'list', 'table', ...nftTable.split(' ')])).stdout,
      );
    } catch (error) {
      if (error instanceof HostError && error.details.stderr?.includes('No such file or directory'))
        return [];
      throw error;
    }
  });
}
