import { execFileSync, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { Talker } from './talker.ts';

const standIns = join(import.meta.dirname, 'stand-in');

/** A host's environment; its PATH has the stand-ins for systemd first, and the folders that only root's PATH has last. */
export const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: [standIns, process.env.PATH ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter),
  LC_ALL: 'C',
};

const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid'];

/** Why no host can be made of namespaces here; undefined if it can. */
export function missingNamespaces(): string | undefined {
  if (process.geteuid?.() !== 0) return 'only root may make namespaces with a /run of their own';
  const programs = ['ovs-vswitchd', 'ovsdb-server', 'nsenter', 'ip', 'nft', 'perl'];
  const absent = programs.filter((program) => spawnSync(program, ['--version'], { env }).error);
  if (absent.length > 0)
    return `not installed: ${absent.join(', ')} (apt: openvswitch-switch, util-linux, iproute2, nftables, perl-base)`;
  const above = 'mount -t tmpfs tmpfs /run && mkdir /run/a /run/b && mount -t overlay -o';
  const script = `${above} lowerdir=/etc,upperdir=/run/a,workdir=/run/b overlay /etc && test -w /dev/net/tun`;
  const tried = spawnSync('unshare', [...namespaces, '--fork', 'sh', '-c', script], { encoding: 'utf8' });
  return tried.status === 0
    ? undefined
    : `no namespaces, overlay file system or /dev/net/tun: ${tried.stderr}`;
}

/**
 * A host made only of namespaces: its own netdevs, processes, /run, /etc and /var, and its own real ovsdb-server and
 * ovs-vswitchd. It lives as long as its first process, which ends with this one's pipe, however this one ends: the
 * kernel then kills every process of the host and removes its netdevs.
 */
export class NamespaceHost {
  readonly name: string;
  readonly #first: Talker;

  private constructor(name: string, first: Talker) {
    this.name = name;
    this.#first = first;
  }

  static async start(name: string): Promise<NamespaceHost> {
    const first = ['sh', join(import.meta.dirname, 'namespace-host.sh'), name];
    const apart = [...namespaces, '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
    return new NamespaceHost(name, await Talker.start(['unshare', ...apart, ...first], env));
  }

  /** The process that owns the namespaces: its own pid namespace is this machine’s, its children’s is the host’s. */
  get pid(): number {
    return this.#first.pid;
  }

  /** Returns what it prints. @throws with its output if it fails or takes more than 20 s */
  run(argv: readonly string[], stdin = ''): string {
    const [program = '', ...words] = this.#inside(argv);
    return execFileSync(program, words, {
      env,
      input: stdin,
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 20_000,
    });
  }

  /** In a network namespace of the host. */
  inGuest(guest: string, argv: readonly string[]): string {
    return this.run(inGuest(guest, argv));
  }

  /** Runs beside the test, in a guest's network namespace if one is named. */
  talker(argv: readonly string[], guest?: string): Promise<Talker> {
    return Talker.start(this.#inside(guest === undefined ? argv : inGuest(guest, argv)), env);
  }

  stop(): Promise<void> {
    return this.#first.stop();
  }

  #inside(argv: readonly string[]): readonly string[] {
    const { pid } = this;
    const processes = `--pid=/proc/${pid}/ns/pid_for_children`;
    return ['nsenter', '--target', `${pid}`, '--mount', '--net', '--uts', '--ipc', processes, '--', ...argv];
  }
}

function inGuest(guest: string, argv: readonly string[]): readonly string[] {
  return ['ip', 'netns', 'exec', guest, ...argv];
}
