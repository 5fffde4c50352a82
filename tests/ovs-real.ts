import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const schema = '/usr/share/openvswitch/vswitch.ovsschema';
const daemon = ['/usr/sbin/ovs-vswitchd', '/usr/lib/openvswitch-switch/ovs-vswitchd'].find((path) =>
  existsSync(path),
);
const searched = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Why there is no real Open vSwitch to compare with; undefined if there is. */
export function missingOvs(): string | undefined {
  return daemon !== undefined && existsSync(schema) ? undefined : 'openvswitch-switch is not installed';
}

/** ovsdb-server and ovs-vswitchd as plain processes in a folder of their own, with dummy netdevs (`--enable-dummy`). */
export class RealOvs {
  readonly folder = mkdtempSync(join(tmpdir(), 'vflane-ovs-'));
  /** The Debian that ships this version. */
  readonly debian: 12 | 13;
  readonly #env = {
    PATH: searched,
    LC_ALL: 'C',
    OVS_RUNDIR: this.folder,
    OVS_LOGDIR: this.folder,
    OVS_DBDIR: this.folder,
  };

  constructor() {
    this.debian = this.#version().startsWith('3.1.') ? 12 : 13;
  }

  #version(): string {
    return /\d+\.\d+\.\d+/.exec(this.run(['ovs-vsctl', '--version']).stdout ?? '')?.[0] ?? '';
  }

  async start(): Promise<void> {
    const { folder } = this;
    this.#must('ovsdb-tool', 'create', `${folder}/conf.db`, schema);
    this.#must(
      'ovsdb-server',
      `${folder}/conf.db`,
      `--remote=punix:${folder}/db.sock`,
      ...this.#detached('ovsdb-server'),
    );
    // Started as ovs-ctl does.
    const version = this.#version();
    this.#must('ovs-vsctl', '--no-wait', 'init', '--', 'set', 'Open_vSwitch', '.', `ovs_version=${version}`);
    await this.startDaemon();
  }

  async startDaemon(): Promise<void> {
    const dummy = ['--enable-dummy=system', '--disable-system'];
    this.#must(daemon ?? '', `unix:${this.folder}/db.sock`, ...this.#detached('ovs-vswitchd'), ...dummy);
    await sleep(20);
  }

  /** At most five seconds. */
  run(argv: readonly string[], stdin = ''): Answer {
    const [program = '', ...words] = argv;
    const ran = spawnSync(program, words, { env: this.#env, input: stdin, encoding: 'utf8', timeout: 5_000 });
    return { code: ran.status ?? 142, stdout: ran.stdout, stderr: ran.stderr };
  }

  /** Ends it as systemd does. */
  async stopDaemon(): Promise<void> {
    const pid = this.#pid('ovs-vswitchd');
    if (pid === undefined) return;
    process.kill(pid, 'SIGTERM');
    const until = performance.now() + 5_000;
    while (existsSync(`/proc/${pid}/stat`) && performance.now() < until) {
      if (readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z')) break;
      await sleep(5);
    }
    rmSync(`${this.folder}/ovs-vswitchd.pid`, { force: true });
  }

  async stop(): Promise<void> {
    await this.stopDaemon();
    const pid = this.#pid('ovsdb-server');
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #detached(name: string): readonly string[] {
    return [
      '--detach',
      '--no-chdir',
      `--pidfile=${this.folder}/${name}.pid`,
      `--log-file=${this.folder}/${name}.log`,
    ];
  }

  #must(program: string, ...words: readonly string[]): void {
    execFileSync(program, words, { env: this.#env, stdio: 'ignore', timeout: 10_000 });
  }

  #pid(name: string): number | undefined {
    const path = `${this.folder}/${name}.pid`;
    return existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined;
  }
}
