import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/lab/run.ts';
import { poll } from '../../src/lab/wait.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** How a process ended; `code` is null if a signal ended it. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running process, with its output so far. */
export interface Going {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  said(): string;
  kill(signal: NodeJS.Signals): void;
}

/** The hosts of a separate lab, and the tool as installed, without its sources: no edit changes it meanwhile. */
export interface LabHost {
  readonly folder: string;
  /** Runs `vflane ARGS` beside the fabric file. */
  vflane(...args: readonly string[]): Promise<Ended>;
  start(...args: readonly string[]): Going;
  /** Runs a shell command on a host, by default the first; its failure is an error. */
  ssh(command: string, on?: string): Promise<string>;
  /** The same on the first host, whatever its exit code. */
  trySsh(command: string, timeoutMs?: number): Promise<Ended>;
  fabric(text: string): void;
  /** Replaces the machine with a fresh one from the snapshot. */
  anew(): Promise<void>;
  down(): Promise<void>;
}

/** @param options further words for `vflane lab up` */
export async function labHost(hosts = 1, options: readonly string[] = []): Promise<LabHost> {
  const folder = mkdtempSync(join(tmpdir(), 'vflane-lab-'));
  installInto(folder);
  const guard = startGuard(folder);
  const lab = new Hosts(folder, guard, ['--hosts', `${hosts}`, ...options]);
  await lab.up();
  return lab;
}

export function installInto(folder: string): void {
  const built = spawnSync(join(checkout, 'bin/vflane'), ['schema'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the tool cannot be built: ${built.stderr}`);
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(checkout, part), join(folder, 'tool', part), { recursive: true });
  }
}

/** Takes the lab down when its stdin ends: at the end of the test, or when the test's process is gone for any reason. */
export function startGuard(folder: string): ChildProcess {
  // A lab that is still starting is busy: retry until it can be taken down.
  const down = '"$1/tool/bin/vflane" lab down --purge';
  const script = `read -r _; for _ in 1 2 3 4 5 6 7 8 9 10; do ${down} && break; sleep 2; done; rm -rf "$1"`;
  return spawn('sh', ['-c', script, 'guard', folder], {
    cwd: folder,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: environment(),
  });
}

function environment(): NodeJS.ProcessEnv {
  const mine = Object.entries(process.env).filter(([name]) => !name.startsWith('VFLANE_'));
  return { ...Object.fromEntries(mine), NO_COLOR: '1' };
}

class Hosts implements LabHost {
  readonly folder: string;
  readonly #guard: ChildProcess;
  readonly #options: readonly string[];
  readonly #connections = new Map<string, ChildProcess>();

  constructor(folder: string, guard: ChildProcess, options: readonly string[]) {
    this.folder = folder;
    this.#guard = guard;
    this.#options = options;
  }

  async up(): Promise<void> {
    // The first time on a machine, the image is built.
    const { code, stderr } = await run([this.#tool, 'lab', 'up', ...this.#options], {
      timeoutMs: 870_000,
      cwd: this.folder,
    });
    if (code !== 0) throw new Error(`the lab is not up: ${stderr}`);
  }

  async anew(): Promise<void> {
    const { code, stderr } = await this.vflane('lab', 'down');
    if (code !== 0) throw new Error(`the lab is not down: ${stderr}`);
    await this.up();
  }

  get #tool(): string {
    return join(this.folder, 'tool/bin/vflane');
  }

  vflane(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  start(...args: readonly string[]): Going {
    const child = spawn(this.#tool, args, {
      cwd: this.folder,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return going(child);
  }

  async ssh(command: string, on = 'alpha'): Promise<string> {
    const ran = await this.#run(command, on, 60_000);
    if (ran.code === 0) return ran.stdout.trim();
    throw new Error(`${on}: ${command}: exit ${ran.code}: ${ran.stdout}${ran.stderr}`);
  }

  trySsh(command: string, timeoutMs = 60_000): Promise<Ended> {
    return this.#run(command, 'alpha', timeoutMs);
  }

  #run(command: string, on: string, timeoutMs: number): Promise<Ended> {
    const to = ['-F', join(this.folder, '.vflane/lab/ssh_config'), '-S', join(this.folder, `ssh-${on}`)];
    this.#share(on, to);
    return run(['ssh', ...to, on, command], { timeoutMs });
  }

  /** A key exchange takes long on an emulated processor: connections share one, and go alone while there is none. */
  #share(on: string, to: readonly string[]): void {
    const shared = this.#connections.get(on);
    if (shared && shared.exitCode === null && shared.signalCode === null) return;
    const connection = spawn('ssh', [...to, '-N', '-M', on], { stdio: 'ignore' });
    connection.unref();
    this.#connections.set(on, connection);
  }

  fabric(text: string): void {
    writeFileSync(join(this.folder, 'fabric.yaml'), text);
  }

  async down(): Promise<void> {
    const gone = new Promise((resolve) => {
      this.#guard.once('exit', resolve);
    });
    this.#guard.stdin?.end();
    await gone;
  }
}

/** Longer than any verb takes here: one that still runs then hangs. */
const verbTimeoutMs = 300_000;

function going(child: ChildProcess): Going {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const late = setTimeout(() => child.kill('SIGKILL'), verbTimeoutMs);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(late);
      resolve({ code, stdout, stderr });
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    said: () => stdout + stderr,
    kill: (signal) => void child.kill(signal),
  };
}

/** Waits until a process has printed something. */
export async function says(one: Going, words: RegExp, timeoutMs = 60_000): Promise<void> {
  let over = false;
  void one.ended.then(() => {
    over = true;
  });
  const heard = () => words.test(one.said());
  await poll(timeoutMs, 20, () => heard() || over);
  if (!heard()) throw new Error(`never said ${words}: ${one.said()}`);
}

/** The fields of `ip -j link` that the tests read. */
export interface LinkJson {
  readonly ifname: string;
  readonly vfinfo_list?: readonly VfJson[];
}

interface VfJson {
  readonly vf: number;
  readonly address: string;
  readonly vlan_list: readonly { readonly vlan?: number; readonly qos?: number }[];
  readonly rate: { readonly max_tx: number };
  readonly spoofchk: boolean;
  readonly trust: boolean;
}

const settings =
  'cd /sys/bus/pci/devices; grep -H . 0000:01:00.?/sriov_numvfs 0000:01:00.?/sriov_drivers_autoprobe; ' +
  'for d in 0000:01:1*; do [ -e "$d" ] && echo "$d $(readlink "$d"/driver) $(cat "$d"/driver_override)"; done; ip netns list';

/** Everything on a host that vflane may change. A link that was once up keeps its qdisc when it is down again. */
export async function hostFacts(lab: LabHost): Promise<unknown> {
  const links = JSON.parse(await lab.ssh('ip -j link')) as (LinkJson & { readonly qdisc?: string })[];
  return { links: links.map(({ qdisc: _, ...rest }) => rest), settings: await lab.ssh(settings) };
}

/** The findings in a verb's `--json` output. */
export function findingsIn(json: string): readonly unknown[] {
  return (JSON.parse(json) as { readonly findings: readonly unknown[] }).findings;
}
