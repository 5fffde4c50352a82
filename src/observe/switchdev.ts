import { HostError, type HostReader } from '../host/host.ts';
import type { LagState, PfState } from '../model/host-state.ts';
import type { Seen } from '../model/unseen.ts';
import { seen } from './look.ts';

/** What only switchdev needs to know about a PF: the mode of its eswitch, its channels, and what the card made of the bond. */
export async function observeSwitchdev(reader: HostReader, pf: PfState): Promise<PfState> {
  if (!pf.present || pf.netdev === undefined) return pf;
  const folder = `/sys/bus/pci/devices/${pf.pci}`;
  const [eswitch, channels, lag, tcOffload, rdma, numaNode, localCpus] = await Promise.all([
    observeEswitch(reader, pf.pci),
    observeChannels(reader, pf.netdev),
    // Only mlx5 makes a LAG of a bond.
    (pf.driver ?? 'mlx5_core') === 'mlx5_core' ? observeLag(reader, pf.pci) : noneMade,
    observeTcOffload(reader, pf.netdev),
    seen(async () => (await none(reader.listDir(`${folder}/infiniband`))) ?? []),
    numaNodeOf(reader, folder),
    localCpusOf(reader, folder),
  ]);
  return { ...pf, eswitch, channels, lag, tcOffload, rdma, numaNode, localCpus };
}

/** Where in the machine a card is: what uses it should run there. */
export async function observeNode(reader: HostReader, pf: PfState): Promise<PfState> {
  if (!pf.present) return pf;
  const folder = `/sys/bus/pci/devices/${pf.pci}`;
  const [numaNode, localCpus] = await Promise.all([numaNodeOf(reader, folder), localCpusOf(reader, folder)]);
  return { ...pf, numaNode, localCpus };
}

function numaNodeOf(reader: HostReader, folder: string): Promise<Seen<number>> {
  return seen(async () => Number((await reader.readFile(`${folder}/numa_node`)).trim()));
}

function localCpusOf(reader: HostReader, folder: string): Promise<Seen<string>> {
  return seen(async () => (await reader.readFile(`${folder}/local_cpulist`)).trim());
}

/** A card without RDMA, or one whose driver for it is not loaded, has no such folder. */
function none<Value>(look: Promise<Value>): Promise<Value | undefined> {
  return look.catch((error: unknown) => {
    if (error instanceof HostError && error.details.errno === 'ENOENT') return undefined;
    throw error;
  });
}

function observeEswitch(reader: HostReader, pci: string): Promise<Seen<'legacy' | 'switchdev' | 'none'>> {
  return seen(async () => {
    try {
      const { stdout } = await reader.query(['devlink', '-j', 'dev', 'eswitch', 'show', `pci/${pci}`]);
      return parseEswitchMode(stdout, pci);
    } catch (error) {
      // A driver without devlink, such as igb's (net/devlink/netlink.c, devlink_get_from_attrs_lock: ENODEV).
      const isNone = error instanceof HostError && /No such device/.test(error.details.stderr ?? '');
      if (isNone) return 'none';
      throw error;
    }
  });
}

/**
 * `{"dev":{"pci/0000:03:00.0":{"mode":"legacy",…}}}`; `{"dev":{}}` where there is none (facts §2.3).
 * @throws SyntaxError, TypeError on any other text, and on a mode that nobody knows
 */
export function parseEswitchMode(stdout: string, pci: string): 'legacy' | 'switchdev' | 'none' {
  const parsed = (JSON.parse(stdout) ?? {}) as {
    readonly dev?: { readonly [name: string]: { readonly mode?: unknown } };
  };
  if (typeof parsed.dev !== 'object' || parsed.dev === null) throw new TypeError('devlink printed no device');
  const mode = parsed.dev[`pci/${pci}`]?.mode;
  if (mode === undefined) return 'none';
  if (mode === 'legacy' || mode === 'switchdev') return mode;
  // A later kernel may have more modes: an unknown one is not "none".
  throw new TypeError(`devlink knows a mode of the eswitch that vflane does not: ${JSON.stringify(mode)}`);
}

function observeChannels(reader: HostReader, netdev: string) {
  return seen(async () => parseChannels((await reader.query(['ethtool', '-l', netdev])).stdout));
}

/**
 * Parses `ethtool -l`, twice "Combined:": the maximum, then the number now. ethtool has no JSON for it before 6.15
 * (facts §5). @throws TypeError on any other text.
 */
export function parseChannels(stdout: string): { readonly now: number; readonly max: number } {
  const [max, now] = [...stdout.matchAll(/^Combined:\s+(\d+)$/gm)].map((match) => Number(match[1]));
  if (max === undefined || now === undefined) throw new TypeError('ethtool -l printed no combined channels');
  return { now, max };
}

const noneMade: LagState = { state: undefined, type: undefined, flags: [] };

const noLag: ReadonlySet<string> = new Set(['EINVAL', 'ENOENT', 'ENOTDIR', 'ENODEV']);

/** Everything but `state` cannot be read while there is no LAG (mlx5 lag/debugfs.c: EINVAL). */
function observeLag(reader: HostReader, pci: string): Promise<Seen<LagState>> {
  const read = (name: string) =>
    reader.readFile(`/sys/kernel/debug/mlx5/${pci}/lag/${name}`).then(
      (text) => text.trim(),
      (error: unknown) => {
        if (error instanceof HostError && noLag.has(error.details.errno ?? '')) return undefined;
        throw error;
      },
    );
  return seen(async () => {
    const [state, type, flags] = await Promise.all(['state', 'type', 'flags'].map(read));
    return { state, type, flags: flags?.split('\n') ?? [] };
  });
}

function observeTcOffload(reader: HostReader, netdev: string) {
  return seen(async () => parseTcOffload((await reader.query(['ethtool', '--json', '-k', netdev])).stdout));
}

/** `[{"hw-tc-offload":{"active":true,"fixed":false,…}}]` (facts §5). @throws TypeError on JSON that says nothing of it */
export function parseTcOffload(stdout: string): { readonly on: boolean; readonly fixed: boolean } {
  const parsed: unknown = JSON.parse(stdout);
  const [entry] = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [];
  const features = (entry ?? {}) as { readonly [feature: string]: unknown };
  const feature = features['hw-tc-offload'] as
    | { readonly active?: unknown; readonly fixed?: unknown }
    | undefined;
  if (typeof feature?.active !== 'boolean') throw new TypeError('ethtool -k says nothing of hw-tc-offload');
  return { on: feature.active === true, fixed: feature.fixed === true };
}
