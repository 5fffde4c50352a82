import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from '../program.ts';
import { env, NamespaceHost } from './namespace-host.ts';

export const hostNames = ['alpha', 'beta', 'gamma'] as const;
export type RackHost = (typeof hostNames)[number];

/** What the tool said, and how it ended. */
export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

/**
 * Three hosts with two ports each, `eth1` on switch A and `eth2` on switch B, which are joined; and the tool, which
 * reaches them by `connect: root@alpha`. The switches are bridges of a fourth host, `alpha1` the end of alpha’s `eth1`.
 */
export interface Rack {
  readonly folder: string;
  readonly hosts: { readonly [name in RackHost]: NamespaceHost };
  readonly switches: NamespaceHost;
  vflane(...words: readonly string[]): Promise<Said>;
  stop(): Promise<void>;
}

export async function startRack(): Promise<Rack> {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-rack-'));
  const started = await Promise.allSettled([...hostNames, 'switches'].map(NamespaceHost.start));
  const all = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(all.map((host) => host.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const [alpha, beta, gamma, switches] = all;
  try {
    if (!alpha || !beta || !gamma || !switches)
      throw started.find((one) => one.status === 'rejected')?.reason;
    const hosts = { alpha, beta, gamma };
    connect(hosts, switches);
    for (const { name, pid } of Object.values(hosts)) writeFileSync(join(folder, `${name}.pid`), `${pid}`);
    bundleProgram("import './src/cli/main.ts';", join(folder, 'vflane.cjs'));
    return { folder, hosts, switches, vflane: (...words) => vflane(folder, words), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The cables, and the switches, which carry every VLAN; MTU 9216 as real ones have. */
function connect(hosts: Rack['hosts'], switches: NamespaceHost): void {
  const cables = hostNames.flatMap((name, host) =>
    [1, 2].flatMap((port) => [
      `link add ${name}${port} mtu 9216 type veth peer name eth${port} mtu 9216 address 02:99:00:00:0${port}:0${host + 1} netns ${hosts[name].pid}`,
      `link set ${name}${port} up`,
    ]),
  );
  const batch = ['--target', `${switches.pid}`, '--net', 'ip', '-batch', '-'];
  const made = spawnSync('nsenter', batch, { env, input: `${cables.join('\n')}\n`, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the cables: ${made.stderr}`);
  const bridges = ['A', 'B'].flatMap((name, index) => [
    ...['--', 'add-br', name, '--', 'set', 'bridge', name, 'datapath_type=netdev'],
    ...hostNames.flatMap((host) => ['--', 'add-port', name, `${host}${index + 1}`]),
    ...joined(name, name === 'A' ? 'B' : 'A'),
  ]);
  switches.run(['ovs-vsctl', ...bridges.slice(1)]);
}

function joined(name: string, other: string): readonly string[] {
  const port = `${name}-${other}`;
  return [
    '--',
    'add-port',
    name,
    port,
    '--',
    'set',
    'interface',
    port,
    'type=patch',
    `options:peer=${other}-${name}`,
  ];
}

/** In the folder of the fabric file; at most a minute. */
async function vflane(folder: string, words: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [join(folder, 'vflane.cjs'), ...words], {
    cwd: folder,
    env: { ...env, RACK: folder, VFLANE_STATE_DIR: join(folder, 'state') },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    said.stdout += text;
  });
  child.stderr.on('data', (text) => {
    said.stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code: Number(code ?? 142), ...said };
}
