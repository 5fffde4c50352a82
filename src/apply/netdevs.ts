import { HostError, type HostReader } from '../host/host.ts';

/** A netdev that hangs off a PF: its uplink, or in switchdev a representor. */
interface Netdev {
  readonly name: string;
  readonly portName: string | undefined;
  readonly switchId: string | undefined;
}

export async function netdevsOf(reader: HostReader, pf: string): Promise<readonly Netdev[]> {
  const folder = `/sys/bus/pci/devices/${pf}/net`;
  const netdevs: Netdev[] = [];
  for (const name of await reader.listDir(folder)) {
    const portName = await attribute(reader, `${folder}/${name}/phys_port_name`);
    const switchId = await attribute(reader, `${folder}/${name}/phys_switch_id`);
    netdevs.push({ name, portName, switchId });
  }
  return netdevs;
}

// A driver without switchdev answers EOPNOTSUPP (igb); mlx5 in legacy mode does so for the switch id (facts §2.4).
async function attribute(reader: HostReader, path: string): Promise<string | undefined> {
  try {
    return (await reader.readFile(path)).trim() || undefined;
  } catch (error) {
    if (error instanceof HostError && error.details.kind === 'errno') return undefined;
    throw error;
  }
}

/** `p0`, `p1` are uplinks (facts §2.4); without port names, whatever is not a representor. */
export function uplinks(netdevs: readonly Netdev[]): readonly string[] {
  const named = netdevs.filter((n) => n.portName !== undefined && /^p\d+$/.test(n.portName));
  return (named.length ? named : netdevs.filter((n) => n.portName === undefined)).map((n) => n.name);
}

/** `pf<port>vf<vf>` on the same eswitch as the uplink `p<port>` (facts §2.4). */
export function representors(netdevs: readonly Netdev[], vf: number): readonly string[] {
  return netdevs
    .filter((n) => /^p\d+$/.test(n.portName ?? '') && n.switchId !== undefined)
    .flatMap((uplink) =>
      netdevs.filter(
        (n) => n.portName === `pf${uplink.portName?.slice(1)}vf${vf}` && n.switchId === uplink.switchId,
      ),
    )
    .map((n) => n.name);
}
