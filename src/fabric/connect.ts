import ipaddr from 'ipaddr.js';
import type { Connect } from '../model/fabric.ts';
import { asHostName } from '../model/names.ts';
import { listed, quoted, type Read, type Wrong } from './grammar.ts';
import { didYouMean } from './nearest.ts';

/** Cards of the simulated host, and how many VFs each has on a port. */
const simCards: Readonly<Record<string, { readonly numOfVfs: number; readonly mostVfs: number }>> = {
  connectx5: { numOfVfs: 16, mostVfs: 127 },
  // 82576: seven VFs a port (facts §12).
  igb: { numOfVfs: 7, mostVfs: 7 },
  // Netdevs eth1 and eth2, for nic: software.
  plain: { numOfVfs: 0, mostVfs: 0 },
};
const simKernels = ['debian-12', 'debian-13', 'debian-13-rebuilt', 'doca'] as const;
const defaultKernel = 'debian-13';

const forms = 'user@host, ssh://user@host:port, local, lab:NAME or sim:CARD[/KERNEL][?num-of-vfs=N]';

/** How a host is reached. */
export function readConnect(text: string): Read<Connect> {
  if (text === 'local') return { value: { kind: 'local' } };
  if (text.startsWith('lab:')) return readLab(text.slice('lab:'.length));
  if (text.startsWith('sim:')) return readSim(text.slice('sim:'.length));
  return readDestination(text);
}

function wrong(message: string, hint = `write ${forms}`): Wrong {
  return { wrong: message, hint };
}

function readLab(text: string): Read<Connect> {
  const machine = asHostName(text);
  return machine
    ? { value: { kind: 'lab', machine } }
    : wrong(`${quoted(text)} is not a name of a lab machine`);
}

function readSim(text: string): Read<Connect> {
  const parts = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(text);
  const [, cardName = '', kernel = defaultKernel, query] = parts ?? [];
  const card = Object.hasOwn(simCards, cardName) ? simCards[cardName] : undefined;
  if (!card) return unknown('simulated card', cardName, Object.keys(simCards));
  if (!simKernels.some((known) => known === kernel)) return unknown('simulated kernel', kernel, simKernels);
  const numOfVfs = query === undefined ? card.numOfVfs : readNumOfVfs(query);
  if (numOfVfs === undefined || numOfVfs > card.mostVfs) {
    return wrong(
      `${quoted(`?${query}`)} is not an option of a simulated ${cardName}`,
      vfsHint(cardName, card.mostVfs),
    );
  }
  return { value: { kind: 'sim', card: cardName, kernel, numOfVfs } };
}

function vfsHint(card: string, most: number): string {
  if (most === 0) return `${card} has no VFs: write sim:${card}`;
  return `write ?num-of-vfs=N with N from 1 to ${most}, the most that ${card} has on a port`;
}

function readNumOfVfs(query: string): number | undefined {
  const digits = /^num-of-vfs=([1-9]\d{0,4})$/.exec(query)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function unknown(what: string, name: string, known: readonly string[]): Wrong {
  return wrong(`there is no ${what} ${quoted(name)}`, `${didYouMean(name, known)}write ${listed(known)}`);
}

// ssh reads what begins with "-" as an option, and hands user and host to ProxyCommand and Match exec, where a shell reads them.
const user = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/;
const hostName = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?$/;

function readDestination(text: string): Read<Connect> {
  const asUri = text.startsWith('ssh://');
  const parts = asUri ? splitUri(text.slice('ssh://'.length)) : splitPlain(text);
  if (parts && isDestination(parts)) return { value: { kind: 'ssh', destination: text } };
  const port = /^(.+):(\d+)$/.exec(text);
  if (port && !asUri && isDestination(splitPlain(port[1] ?? '')))
    return wrong(`${quoted(text)} has a port, which this form cannot carry`, `write ssh://${text}`);
  const [scheme = ''] = text.split(':', 1);
  const meant = text.includes(':') ? didYouMean(scheme, ['sim', 'lab', 'ssh']) : didYouMean(text, ['local']);
  return wrong(`${quoted(text)} is not a way to a host`, `${meant}write ${forms}`);
}

interface Destination {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
}

function splitPlain(text: string): Destination {
  const at = text.lastIndexOf('@');
  return { user: at < 0 ? undefined : text.slice(0, at), host: text.slice(at + 1), port: undefined };
}

function splitUri(text: string): Destination | undefined {
  const parts = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?\/?$/.exec(text);
  if (!parts) return undefined;
  return { user: parts[1], host: (parts[2] ?? '').replace(/^\[(.*)\]$/, '$1'), port: parts[3] };
}

function isDestination(parts: Destination): boolean {
  const portFits = parts.port === undefined || (Number(parts.port) >= 1 && Number(parts.port) <= 65535);
  const address = !parts.host.includes('%') && ipaddr.IPv6.isValid(parts.host);
  return (
    (parts.user === undefined || user.test(parts.user)) && (address || hostName.test(parts.host)) && portFits
  );
}
