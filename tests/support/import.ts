import { bareHost } from '../../src/cli/way.ts';
import { type Imported, importHosts } from '../../src/discover/import-hosts.ts';
import { parseFabric } from '../../src/fabric/parse-fabric.ts';
import type { HostReader } from '../../src/host/host.ts';
import type { Fabric, FabricHost } from '../../src/model/fabric.ts';
import type { HostName } from '../../src/model/names.ts';
import { onEachHost } from '../../src/operate/hosts.ts';
import { type HostPlan, planFromFile } from '../../src/operate/plan-host.ts';
import type { Site } from '../../src/operate/site.ts';
import type { KernelName } from '../../src/sim/kernels.ts';
import { newWorld } from './seed/carried-out.ts';
import { chapters } from './seed/chapters.ts';
import { type } from './seed/typed.ts';
import type { World } from './world.ts';

/** Lines for which the simulated host has no program, or which are typed elsewhere. */
const notHere = /^(if |iperf3|ping|lspci|wget|unzip|#)|apt |dpkg|apt-get|mstf|reboot/;

/** A host on which these chapters of the log have been typed. */
export async function typedHost(kernel: KernelName, ...names: readonly string[]): Promise<World> {
  const world = newWorld({ kernel });
  for (const name of names) {
    const { commands } = chapters.find((one) => one.name === name) ?? { commands: [] };
    for (const { typed } of commands) if (!notHere.test(typed)) await type(world.machine, typed);
  }
  return world;
}

/** As `vflane import alpha=… beta=…`. */
export function importWorlds(
  worlds: Readonly<Record<string, World>>,
  through: (reader: HostReader) => HostReader = (reader) => reader,
  other: Partial<Site> = {},
): Promise<Imported> {
  const [first] = Object.values(worlds);
  const asked = Object.keys(worlds).map((name) => {
    const connect = { kind: 'ssh', destination: `root@${name}` } as const;
    return { host: bareHost(name as HostName, connect), connectText: connect.destination };
  });
  const connect = async ({ name }: FabricHost) => {
    const world = worlds[name];
    if (world === undefined) throw new Error(`there is no world ${name}`);
    const site = world.process();
    return { ...site, reader: through(site.reader), ...other };
  };
  return importHosts(asked, (hosts, work) => onEachHost(hosts, connect, work), {
    file: 'fabric.yaml',
    now: () => first?.machine.clock.now() ?? 0,
  });
}

export function parsed(text: string | undefined): Fabric {
  const { fabric, findings } = parseFabric(text ?? '', 'fabric.yaml');
  if (!fabric) throw new Error(findings.map(({ message }) => message).join('; '));
  return fabric;
}

/** The plan for a host's part of a file, made by a process of its own. */
export function planOfText(world: World, text: string | undefined, name = 'alpha'): Promise<HostPlan> {
  const fabric = parsed(text);
  const host = fabric.hosts.find((one) => one.name === name);
  if (!host) throw new Error(`the file has no ${name}`);
  return planFromFile(world.process(), fabric, host, { allowDisruption: false });
}
