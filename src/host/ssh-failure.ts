import { HostError, type HostErrorDetails } from './host.ts';

interface Known {
  readonly said: RegExp;
  readonly hint: (destination: string) => string;
  readonly kind?: HostErrorDetails['kind'];
}

/** What ssh prints (openssh: ssh.c, sshconnect.c) and what its user can do about it, the most specific first. */
const known: readonly Known[] = [
  {
    said: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    hint: (to) =>
      `its host key is not the one you know: make sure that it is still that machine, then ssh-keygen -R '${knownAs(to)}'`,
  },
  {
    said: /Host key verification failed|No .* host key is known for/,
    hint: (to) => `its host key is not known yet: run \`ssh ${to}\` once and compare the fingerprint`,
  },
  {
    said: /Permission denied \(|Too many authentication failures/,
    hint: (to) =>
      `no key of yours is accepted: \`ssh -o BatchMode=yes ${to} true\` must work; ${copyId(to)} or ssh-add`,
  },
  {
    said: /Could not resolve hostname/,
    hint: () => 'the name is not known: look at `connect:` and your ssh_config',
  },
  {
    said: /Connection refused|timed out|No route to host|Network is unreachable|Connection closed by/,
    hint: (to) => `the machine, its sshd or the way to it is down: \`ssh ${to}\` says more`,
  },
  { said: /Bad configuration option|Can't open user config file/, hint: () => 'the ssh_config is wrong' },
  {
    said: /spawn \S+ ENOENT/,
    kind: 'missing',
    hint: () => 'on this machine: apt-get install openssh-client',
  },
  {
    said: /could not be copied to/,
    hint: () => 'the folder there must be writable, with some megabytes free',
  },
];

/** Why ssh did not lead to an agent, in terms its user can act on. */
export function sshFailure(host: string, destination: string, stderr: string, hint?: string): HostError {
  const match = known.find(({ said }) => said.test(stderr));
  const advice = match?.hint(destination) ?? hint ?? `\`ssh ${destination}\` says more`;
  return new HostError({
    kind: match?.kind ?? 'lost',
    host,
    argv: ['ssh', destination],
    stderr: shortened(stderr),
    hint: advice,
  });
}

/** With `LogLevel DEBUG` ssh says pages: how it begins and how it ends tell the most. */
function shortened(stderr: string): string {
  return stderr.length <= 1000 ? stderr : `${stderr.slice(0, 200)} … ${stderr.slice(-700)}`;
}

interface Parts {
  readonly host: string;
  readonly login: string;
  readonly port: string | undefined;
}

function partsOf(destination: string): Parts {
  const uri = /^ssh:\/\/((?:[^@/]*@)?)(\[[^\]]*\]|[^:/]*)(?::(\d+))?\/?$/.exec(destination);
  const [, user = '', host = '', port] = uri ?? [];
  if (!uri) return { host: destination.replace(/^.*@/s, ''), login: destination, port: undefined };
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return { host: bare, login: `${user}${bare}`, port: port === '22' ? undefined : port };
}

/** Its name in known_hosts: without a user, and in brackets if it has a port (sshd(8)). */
function knownAs(destination: string): string {
  const { host, port } = partsOf(destination);
  return port === undefined ? host : `[${host}]:${port}`;
}

/** ssh-copy-id(1) takes no ssh:// address. */
function copyId(destination: string): string {
  const { login, port } = partsOf(destination);
  return `ssh-copy-id ${port === undefined ? '' : `-p ${port} `}${login}`;
}
