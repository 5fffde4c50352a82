import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileStore } from '../host/file-store.ts';
import { HostError } from '../host/host.ts';
import { localHost } from '../host/local-host.ts';
import { localPrograms } from '../host/local-programs.ts';
import type { Connect, FabricHost } from '../model/fabric.ts';
import { agentSite } from '../operate/agent-site.ts';
import type { Connector } from '../operate/hosts.ts';
import { localSite } from '../operate/local-site.ts';
import type { Site } from '../operate/site.ts';
import type { VerbContext } from './context.ts';
import { stateDir } from './fabric-file.ts';
import { hostStateDir, selfArgv } from './this-host.ts';
import { toldIfSlow } from './told-if-slow.ts';
import { versionText } from './version-text.ts';

/**
 * The single file that is copied to a host that lacks it: a quarter of vflane, which Node starts in half the time. If
 * vflane was bundled without it, the whole bundle is copied.
 */
function agentPath(): string {
  const path = join(dirname(__filename), 'vflane-agent.cjs');
  return existsSync(path) ? path : __filename;
}

/** Turns a host's `connect:` into a way to it. */
export function connectorFor(context: VerbContext, file: string): Connector {
  const folder = stateDir(context, file);
  return (host) => connectTo(context, folder, host);
}

function connectTo(context: VerbContext, folder: string, host: FabricHost): Promise<Site> {
  const { connect, name } = host;
  const ways: { readonly [kind in Connect['kind']]: () => Promise<Site> } = {
    local: async () => localWay(context, name),
    ssh: () => patiently(context, name, sshWay(name, connect.kind === 'ssh' ? connect.destination : '')),
    lab: () => patiently(context, name, labWay(folder, name, connect.kind === 'lab' ? connect.machine : '')),
    sim: () => simWay(context, folder, host),
  };
  return ways[connect.kind]();
}

function patiently<Value>({ output }: VerbContext, name: string, way: Promise<Value>): Promise<Value> {
  return toldIfSlow(output, `${name}: no answer yet; waiting for a minute at most`, way);
}

function localWay({ env }: VerbContext, name: string): Site {
  const signal = stopOnInterrupt();
  return localSite({
    host: localHost({ name }),
    programs: localPrograms({ name }),
    store: fileStore(hostStateDir(env)),
    self: selfArgv(),
    signal,
  });
}

async function sshWay(name: string, destination: string, sshConfig?: string): Promise<Site> {
  const { connectSsh } = await import('../host/ssh.ts');
  const bundle = agentPath();
  const config = sshConfig === undefined ? {} : { sshConfig };
  return agentSite(
    await connectSsh({ name, destination, bundle, version: versionText, asRoot: true, ...config }),
  );
}

async function labWay(folder: string, name: string, machine: string): Promise<Site> {
  const sshConfig = join(folder, 'lab', 'ssh_config');
  if (!existsSync(sshConfig)) {
    const hint = 'Start it: vflane lab up --hosts 1';
    throw new HostError({
      kind: 'lost',
      host: name,
      argv: ['lab', machine],
      stderr: 'the lab is not up',
      hint,
    });
  }
  return sshWay(name, machine, sshConfig);
}

async function simWay(context: VerbContext, folder: string, host: FabricHost): Promise<Site> {
  const { openSimulated } = await import('./simulated.ts');
  return openSimulated(context, folder, host);
}

/** Ctrl-C asks to stop between two operations; a second one ends the process as usual. */
function stopOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    process.stderr.write('\nvflane: stopping after this operation; press Ctrl-C again to end at once\n');
    controller.abort();
  });
  return controller.signal;
}
