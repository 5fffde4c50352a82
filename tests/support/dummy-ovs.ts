import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * A separate real ovsdb-server and ovs-vswitchd in a folder of their own, with OVS's dummy netdevs and the datapath of its
 * own tests: needs no privilege and no kernel module, and does not touch this machine's own OVS.
 */
export interface DummyOvs {
  readonly folder: string;
  vsctl(...words: readonly string[]): string;
  /** As `ovs-appctl`, but without a process, so that hundreds of calls take no time. */
  appctl(...words: readonly string[]): Promise<string>;
  ofctl(words: readonly string[], stdin?: string): string;
  stop(): Promise<void>;
}

const environment = {
  ...process.env,
  PATH: `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`,
};

function output(argv: readonly string[], folder: string, stdin = ''): string {
  const [program = '', ...words] = argv;
  const env = { ...environment, OVS_RUNDIR: folder };
  return execFileSync(program, words, {
    env,
    input: stdin,
    encoding: 'utf8',
    timeout: 10_000,
    stdio: 'pipe',
  });
}

/** Why the tests of real OVS cannot run here; `undefined` if they can. */
export function missingOvs(): string | undefined {
  const programs = ['ovsdb-tool', 'ovsdb-server', 'ovs-vswitchd', 'ovs-vsctl', 'ovs-ofctl', 'ovs-appctl'];
  const absent = programs.filter((program) => !runs(program));
  return absent.length === 0 ? undefined : `not installed: ${absent.join(', ')} (apt: openvswitch-switch)`;
}

function runs(program: string): boolean {
  try {
    return output([program, '--version'], tmpdir()) !== '';
  } catch {
    return false;
  }
}

export async function startDummyOvs(): Promise<DummyOvs> {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-ovs-'));
  const socket = `unix:${join(folder, 'db.sock')}`;
  const schema = join(process.env.OVS_PKGDATADIR ?? '/usr/share/openvswitch', 'vswitch.ovsschema');
  output(['ovsdb-tool', 'create', join(folder, 'conf.db'), schema], folder);
  const server = [
    'ovsdb-server',
    join(folder, 'conf.db'),
    `--remote=p${socket}`,
    ...own(folder, 'ovsdb-server'),
  ];
  const children = [await started(server, folder, 'ovsdb-server')];
  const vsctl = (...words: readonly string[]) => output(['ovs-vsctl', `--db=${socket}`, ...words], folder);
  vsctl('--no-wait', 'init');
  const daemon = ['ovs-vswitchd', socket, '--enable-dummy=override', '--disable-system'];
  children.push(await started([...daemon, ...own(folder, 'ovs-vswitchd')], folder, 'ovs-vswitchd'));
  return {
    folder,
    vsctl,
    appctl: (...words) => asked(join(folder, 'ovs-vswitchd.ctl'), words),
    ofctl: (words, stdin) => output(['ovs-ofctl', ...words], folder, stdin),
    stop: async () => {
      await Promise.all(children.toReversed().map(ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function own(folder: string, name: string): readonly string[] {
  return [
    `--unixctl=${join(folder, `${name}.ctl`)}`,
    '--no-chdir',
    `--log-file=${join(folder, `${name}.log`)}`,
  ];
}

/** A JSON-RPC request on a daemon's control socket (ovs-appctl(8), lib/unixctl.c); no answer within 10 s is an error. */
function asked(path: string, [method, ...params]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    socket.setTimeout(10_000, () => socket.destroy(new Error(`${method}: no answer on ${path} within 10 s`)));
    socket.setEncoding('utf8').on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk;
      const answer = whole(text);
      if (answer) socket.destroy();
      if (answer?.error) reject(new Error(`${method}: ${answer.error}`));
      else if (answer) resolve(String(answer.result));
    });
    socket.write(JSON.stringify({ method, params, id: 0 }));
  });
}

function whole(text: string): { readonly result?: unknown; readonly error?: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Starts a daemon and waits until it answers on its control socket. */
async function started(argv: readonly string[], folder: string, name: string): Promise<ChildProcess> {
  const [program = '', ...words] = argv;
  const env = { ...environment, OVS_RUNDIR: folder };
  const child = spawn(program, words, { env, stdio: 'ignore' });
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      output(['ovs-appctl', '-t', join(folder, `${name}.ctl`), 'version'], folder);
      return child;
    } catch (cause) {
      if (child.exitCode === null && performance.now() < deadline) continue;
      child.kill('SIGKILL');
      const log = readFileSync(join(folder, `${name}.log`), 'utf8');
      throw new Error(`${name} did not answer within 10 s:\n${log}`, { cause });
    }
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await over;
}
