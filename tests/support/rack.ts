import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from '../program.ts';
import { env, NamespaceHost } from './namespace-host.ts';
import { uplinkVlan } from './rack-fabric.ts';

export const hostNames = ['alpha', 'beta', 'gamma'] as const;
export type RackHost = (typeof hostNames)[number];

/** The tool's output and exit code. */
export type Said = { readonly code: number; readonly stdout: string; readonly stderr: string };

/**
 * Three hosts with two ports each, `eth1` on switch A and `eth2` on switch B, which are joined; and the tool, which
 * reaches them with `connect: root@alpha`. The switches are bridges of a fourth host, where `alpha1` is the end of alpha’s
 * `eth1`; `stranger` and `router` are ports of switch A, the latter on the uplink’s VLAN.
 */
export interface Rack {
  readonly hosts: { readonly [name in RackHost]: NamespaceHost };
  readonly switches: NamespaceHost;
  vflane(...words: readonly string[]): Promise<Said>;
  /** How to start the tool, for tests that must end it early. */
  readonly command: { readonly program: string; readonly cwd: string; readonly env: NodeJS.ProcessEnv };
  /** Writes the file that the tool applies. */
  wants(fabric: string): void;
  /** @throws with its output if it does not exit 0 */
  done(...words: readonly string[]): Promise<Said>;
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
    const run = (...words: readonly string[]): Promise<Said> => vflane(folder, words);
    const wants = (fabric: string): void => writeFileSync(join(folder, 'fabric.yaml'), fabric);
    return {
      hosts,
      switches,
      wants,
      command: { program: join(folder, 'vflane.cjs'), cwd: folder, env: toolEnv(folder) },
      vflane: run,
      done: async (...words) => mustBeDone(words, await run(...words)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The cables, for frames of 9216 bytes like real switches, and the switches, which carry every VLAN. */
function connect(hosts: Rack['hosts'], switches: NamespaceHost): void {
  const cables = hostNames.flatMap((name, host) =>
    [1, 2].map((port) => {
      const mac = `02:99:00:00:0${port}:0${host + 1}`;
      return `link add ${name}${port} mtu 9216 type veth peer name eth${port} mtu 9216 address ${mac} netns ${hosts[name].pid}`;
    }),
  );
  const sockets = Object.keys(others).map((name) => `link add ${name} type veth peer name ${name}-port`);
  const ends = [...hostNames.flatMap((name) => [`${name}1`, `${name}2`]), ...Object.keys(others)];
  const up = [...ends, ...Object.keys(others).map((name) => `${name}-port`)].map(
    (end) => `link set ${end} up`,
  );
  // In this machine’s pid namespace, where the known pids of the hosts’ first processes are valid.
  const batch = ['--target', `${switches.pid}`, '--net', 'ip', '-batch', '-'];
  const input = [...cables, ...sockets, ...up, ''].join('\n');
  const made = spawnSync('nsenter', batch, { env, input, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the cables: ${made.stderr}`);
  const bridges = [bridge('A', 'B', 1), bridge('B', 'A', 2)].flat();
  const access = Object.entries(others).flatMap(([name, vlan]) => [
    '--',
    'add-port',
    'A',
    `${name}-port`,
    vlan,
  ]);
  switches.run(['ovs-vsctl', ...[...bridges, ...access].slice(1)]);
}

/** The other ports of switch A: one that sees every VLAN, and one on VLAN 20 only. */
const others = { stranger: 'trunks=[]', router: `tag=${uplinkVlan}` };

function bridge(name: string, other: string, port: number): readonly string[] {
  const patch = [`${name}-${other}`, '--', 'set', 'interface', `${name}-${other}`, 'type=patch'];
  return [
    ...['--', 'add-br', name, '--', 'set', 'bridge', name, 'datapath_type=netdev'],
    ...hostNames.flatMap((host) => ['--', 'add-port', name, `${host}${port}`]),
    ...['--', 'add-port', name, ...patch, `options:peer=${other}-${name}`],
  ];
}

const toolEnv = (folder: string): NodeJS.ProcessEnv => {
  return { ...env, RACK: folder, VFLANE_STATE_DIR: join(folder, 'state'), VFLANE_DEBUG: '1' };
};

/** Runs in the folder of the fabric file, for at most a minute. */
async function vflane(folder: string, words: readonly string[]): Promise<Said> {
  const child = spawn(process.execPath, [join(folder, 'vflane.cjs'), ...words], {
    cwd: folder,
    env: toolEnv(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said.stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code: Number(code ?? 142), ...said };
}

function mustBeDone(words: readonly string[], said: Said): Said {
  if (said.code === 0) return said;
  throw new Error(`vflane ${words.join(' ')} ended with ${said.code}:\n${said.stdout}${said.stderr}`);
}
