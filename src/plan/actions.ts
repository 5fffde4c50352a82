import type { Action, Text } from '../model/plan.ts';
import type { Move } from '../resource/resource.ts';

/** How long one transaction waits for ovs-vswitchd to follow, in seconds. */
const vsctlTimeoutS = 30;

/** What ovs-vsctl prints, with exit code 0, about a port that was added but does not work (ovs-vsctl.c, post_db_reload_check). */
const portNotSetUp = 'Error detected while setting up';

export interface Way {
  /** Back: `ip` goes on after a failing line, because what was never done must not keep the rest from being undone. */
  readonly back?: boolean;
  /** Nobody follows the database now: `ovs-vsctl` would wait for its deadline, and say that it failed. */
  readonly noWait?: boolean;
}

/**
 * What moves do, in as few processes as they can share: batch lines of one namespace are one `ip -batch`, commands for
 * OVSDB one transaction of `ovs-vsctl`, those for nftables one of `nft`, files to be removed one `rm`. A process a line would cost a hundred times as much.
 */
export function actionsOf(moves: Iterable<Move>, way: Way = {}): readonly Action[] {
  const actions: Action[] = [];
  let shared: Move[] = [];
  const flush = () => {
    const [first] = shared;
    if (first !== undefined) actions.push(...together(first, shared, way));
    shared = [];
  };
  for (const move of moves) {
    if (shared[0] !== undefined && !areOneProcess(shared[0], move)) flush();
    shared.push(move);
  }
  flush();
  return actions;
}

function areOneProcess(a: Move, b: Move): boolean {
  if ('actions' in a) return sharesActions(a) && 'actions' in b && sharesActions(b);
  if ('batch' in a) return 'batch' in b && a.namespace === b.namespace && a.first === b.first;
  if ('remove' in a) return 'remove' in b;
  if ('vsctl' in a) return 'vsctl' in b;
  if ('nft' in a) return 'nft' in b;
  if ('install' in a) return 'install' in b;
  if ('uninstall' in a) return 'uninstall' in b;
  return 'settings' in b && a.card === b.card;
}

function sharesActions({ before, once }: Extract<Move, { readonly actions: unknown }>): boolean {
  return before !== undefined || once !== undefined;
}

function together(first: Move, moves: readonly Move[], way: Way): readonly Action[] {
  if ('actions' in first) return sharesActions(first) ? withOnce(moves) : first.actions;
  if ('batch' in first) {
    const lines = moves.flatMap((move) => ('batch' in move ? move.batch : []));
    const before = first.first === undefined ? [] : [first.first];
    return lines.length === 0 ? [] : [...before, batchAction(lines, first.namespace, way)];
  }
  if ('vsctl' in first) {
    const commands = moves.flatMap((move) => ('vsctl' in move ? move.vsctl : []));
    return commands.length === 0 ? [] : [vsctlAction(commands, way)];
  }
  if ('nft' in first) {
    const lines = moves.flatMap((move) => ('nft' in move ? move.nft : []));
    return [{ run: ['nft', '-f', '-'], stdin: lines.map((line) => `${line}\n`).join('') }];
  }
  if ('remove' in first) {
    const files = moves.flatMap((move) => ('remove' in move ? move.remove : []));
    return files.length === 0 ? [] : [{ run: ['rm', '-f', ...files] }];
  }
  if ('install' in first || 'uninstall' in first) return packageActions(moves);
  const settings = moves.flatMap((move) => ('settings' in move ? move.settings : []));
  return [{ run: ['mstconfig', '-d', first.card, '-y', 'set', ...settings], timeoutMs: settingsTimeoutMs }];
}

/** What several moves want done once comes before or after what each does. */
function withOnce(moves: readonly Move[]): readonly Action[] {
  const before = moves.flatMap((move) => ('actions' in move && move.before ? [move.before] : []));
  const once = moves.flatMap((move) => ('actions' in move ? (move.once ?? []) : []));
  const each = moves.flatMap((move) => ('actions' in move ? move.actions : []));
  return [...distinct(before), ...each, ...distinct(once)];
}

/** The card writes each setting to its flash. */
const settingsTimeoutMs = 120_000;

/** How long apt may take to fetch and install, in milliseconds. */
const packagesTimeoutMs = 900_000;

/**
 * dpkg removes these and no others, in its own order, and skips what is not installed; apt-get would also remove
 * whatever has come to depend on one of them. It asks nothing, and restarts nothing that was configured by hand.
 */
function packageActions(moves: readonly Move[]): readonly Action[] {
  const installed = moves.flatMap((move) => ('install' in move ? move.install : []));
  const removed = moves.flatMap((move) => ('uninstall' in move ? move.uninstall : []));
  const [install, remove] = [
    [...aptInstall, ...installed],
    ['dpkg', '--remove', ...removed],
  ];
  return [
    ...(installed.length > 0 ? [{ run: install, timeoutMs: packagesTimeoutMs }] : []),
    ...(removed.length > 0 ? [{ run: remove, timeoutMs: packagesTimeoutMs }] : []),
  ];
}

const aptInstall = [
  'apt-get',
  '-y',
  '-q',
  '--no-install-recommends',
  '-o',
  'Dpkg::Options::=--force-confold',
  'install',
];

function distinct(actions: readonly Action[]): readonly Action[] {
  return [...new Map(actions.map((action) => [JSON.stringify(action), action])).values()];
}

/**
 * One transaction. What only sets columns comes last: each `set` makes ovs-vsctl forget which ports there are, and the
 * next `add-port` read them all again (lib/db-ctl-base.c, invalidate_cache): of 1000 ports that is a second.
 */
function vsctlAction(commands: readonly (readonly string[])[], { noWait = false }: Way): Action {
  const options = [`--timeout=${vsctlTimeoutS}`, ...(noWait ? ['--no-wait'] : [])];
  const run = ['ovs-vsctl', ...options];
  for (const sets of [false, true]) {
    for (const command of commands) if ((command[0] === 'set') === sets) run.push('--', ...command);
  }
  return { run, fails: portNotSetUp };
}

function batchAction(lines: readonly Text[], namespace: string | undefined, { back = false }: Way): Action {
  const inside = namespace === undefined ? [] : ['-n', namespace];
  const stdin: Exclude<Text, string>[number][] = [];
  for (const line of lines) {
    for (const part of typeof line === 'string' ? [line] : line) append(stdin, part);
    append(stdin, '\n');
  }
  return { run: ['ip', ...inside, ...(back ? ['-force'] : []), '-batch', '-'], stdin };
}

/** Neighbouring strings become one, so that a plan of many VFs stays small. */
function append(parts: Exclude<Text, string>[number][], part: Exclude<Text, string>[number]): void {
  const last = parts.at(-1);
  if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
  else parts.push(part);
}
