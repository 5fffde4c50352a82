import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type AgentHost, agentHost } from './agent-client.ts';
import { childTransport } from './child-transport.ts';
import { HostError } from './host.ts';
import { nodeHint, wrongNode } from './node-version.ts';
import { sshFailure } from './ssh-failure.ts';

export interface SshOptions {
  /** The host's name, for messages. */
  readonly name: string;
  /** As ssh(1) takes it: an alias of the user's ssh_config, or `user@host`. */
  readonly destination: string;
  readonly sshConfig?: string;
  /** The product as a single file that Node runs; copied to the host if it lacks it. */
  readonly bundle: string;
  /** Of the product. */
  readonly version: string;
  /** Deadline for the agent's first answer, copying included. */
  readonly timeoutMs?: number;
  readonly sshPath?: string;
  /** The folder on the host for the copies. */
  readonly agentFolder?: string;
  /** Whether the agent must be root, through `sudo -n` if the user is not. */
  readonly asRoot?: boolean;
}

const agentFolderPattern = /^\/[A-Za-z0-9/_.-]+$/;

/** Reaches a host through the system's ssh and starts an agent there. @throws HostError with a hint */
export async function connectSsh(options: SshOptions): Promise<AgentHost> {
  checkDestination(options);
  const { name, version, timeoutMs = 60_000 } = options;
  const bundle = await readFile(options.bundle);
  const child = startSsh(options, remoteCommand(options, bundle));
  const transport = childTransport(child);
  try {
    const prologue = (line: string): void => answerStatus(options, child, bundle, line);
    return await agentHost(transport, { name, version, timeoutMs, prologue });
  } catch (error) {
    throw explained(options, error, transport.said().trim());
  }
}

/** ssh itself would take `-oProxyCommand=…` as an option. */
function checkDestination({ name, destination }: SshOptions): void {
  if (/^[^-\s\0][^\s\0]*$/.test(destination)) return;
  const hint = 'write it as ssh takes it: host, user@host, or an alias of your ssh_config';
  throw new HostError({
    kind: 'lost',
    host: name,
    argv: ['ssh', destination],
    stderr: 'not an ssh destination',
    hint,
  });
}

function startSsh(options: SshOptions, command: string): ChildProcessWithoutNullStreams {
  const { destination, sshConfig, sshPath = 'ssh', timeoutMs = 60_000 } = options;
  const words = [
    '-T',
    ...['BatchMode=yes', `ConnectTimeout=${Math.max(1, Math.ceil(timeoutMs / 1000))}`],
    // A dead connection is noticed within half a minute.
    ...['ServerAliveInterval=10', 'ServerAliveCountMax=3'],
    // Settings meant for terminals in a user's ssh_config would replace the agent, or tie the user's connections to ours.
    ...['RemoteCommand=none', 'ClearAllForwardings=yes', 'PermitLocalCommand=no', 'ControlMaster=no'],
  ].flatMap((word) => (word.startsWith('-') ? [word] : ['-o', word]));
  const config = sshConfig === undefined ? [] : ['-F', sshConfig];
  // Out of reach of the terminal's signals: a Ctrl-C here must not end the work there.
  return spawn(sshPath, [...words, ...config, '--', destination, command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
  });
}

const statusPattern = /^vflane-agent-status user=(root|sudo|none) node=(\S+) bundle=(have|need)$/;

/** Answers the remote shell once it has said what it has. @throws HostError */
function answerStatus(
  options: SshOptions,
  child: ChildProcessWithoutNullStreams,
  bundle: Buffer,
  line: string,
): void {
  const [, user, node, has] = statusPattern.exec(line) ?? [];
  if (user === undefined || node === undefined) return;
  if (user === 'none' && options.asRoot !== false) throw noRoot(options);
  checkNode(options, node);
  child.stdin.write(has === 'have' ? 'go\n' : 'put\n');
  if (has === 'need') child.stdin.write(bundle);
}

function noRoot({ name, destination }: SshOptions): HostError {
  return new HostError({
    kind: 'errno',
    errno: 'EACCES',
    host: name,
    argv: ['sudo', '-n', 'true'],
    stderr: `the user at ${destination} is not root and may not use sudo without a password`,
    hint: `connect as root@…, or allow it there: echo "USER ALL=(root) NOPASSWD: ALL" > /etc/sudoers.d/vflane`,
  });
}

function checkNode({ name }: SshOptions, version: string): void {
  const stderr = version === 'kept' ? undefined : wrongNode(version);
  if (stderr === undefined) return;
  throw new HostError({ kind: 'missing', host: name, argv: ['node', '--version'], stderr, hint: nodeHint });
}

/**
 * One line of POSIX sh, made of constants and a checksum and size computed here; nothing that a user wrote.
 * It says what it has, is answered `go`, or `put` with the bundle behind it, and becomes the agent.
 */
function remoteCommand({ agentFolder = '/var/lib/vflane/agent' }: SshOptions, bundle: Buffer): string {
  if (!agentFolderPattern.test(agentFolder)) throw new Error(`not a plain path: ${agentFolder}`);
  const sha = createHash('sha256').update(bundle).digest('hex');
  const script = [
    'umask 077',
    'PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
    `D=${agentFolder}; F=$D/vflane-${sha}.cjs; P=$F.$$; S=; U=root; H=need`,
    '[ "$(id -u)" = 0 ] || { U=none; sudo -n true 2>/dev/null && { U=sudo; S="sudo -n"; }; }',
    'N=$(command -v node || command -v nodejs || echo none)',
    '$S test -s $F && H=have',
    // Asking Node for its version means starting it: if this very file has run before, only the agent itself checks again.
    'V=kept; [ "$H$N" = "have$(command -v $N)" ] || V=$($N --version 2>/dev/null || echo none)',
    'echo "vflane-agent-status user=$U node=$V bundle=$H"',
    'read -r A || exit 0',
    // cat would read on into the agent's own input.
    `if [ "$A" = put ]; then $S mkdir -p $D && $S sh -c "umask 077; head -c ${bundle.length} > $P" && ` +
      `[ "$($S sha256sum $P | cut -c 1-64)" = ${sha} ] && $S mv $P $F || { echo "vflane could not be copied to $D" >&2; $S rm -f $P; exit 97; }`,
    // Three versions may take turns on one host; a fourth replaces the one unused the longest.
    '$S sh -c "ls -1t $D/vflane-*.cjs | tail -n +4 | xargs -r rm -f"; else $S touch $F; fi',
    'umask 022; exec $S $N $F agent --stdio',
  ].join('; ');
  return `exec /bin/sh -c '${script}'`;
}

function explained({ name, destination }: SshOptions, error: unknown, said: string): unknown {
  if (!(error instanceof HostError) || error.details.kind !== 'lost') return error;
  const { stderr = '', hint } = error.details;
  return sshFailure(name, destination, stderr.includes(said) ? stderr : `${stderr}: ${said}`, hint);
}
