import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { quoted } from './grammar.ts';
import type { KeyPath, Spot } from './place.ts';

/** A YAML node without its syntax. Mappings have no prototype, so that no key's name has a special meaning. */
export type Plain = null | boolean | number | string | Plain[] | PlainMap;
export interface PlainMap {
  [key: string]: Plain;
}

export interface Trouble {
  readonly code: string;
  readonly at: number;
  readonly path: KeyPath;
  readonly message: string;
  readonly hint: string;
  /** There is a value, but it could not be read. */
  readonly unread?: boolean;
}

export interface Tree {
  readonly value: Plain;
  readonly root: Spot;
  readonly troubles: readonly Trouble[];
}

/** The file's own depth is seven. */
const deepest = 16;
/** More than the longest file has, and less than an alias bomb. */
const mostNodes = 8_000_000;
const mostAliasedNodes = 100_000;

interface Walk {
  readonly anchors: Map<string, Node>;
  readonly troubles: Trouble[];
  nodes: number;
  /** How many aliases the walk is inside of, and the nodes seen there. */
  aliases: number;
  aliasedNodes: number;
}

/** Where the walk is. */
interface Here {
  readonly path: KeyPath;
  readonly keyAt: number;
}

/** YAML nodes → plain values and their places. An alias is walked as often as it is used, up to a limit. */
export function plainTree(contents: Node | null, offset: number): Tree {
  const walk: Walk = { anchors: new Map(), troubles: [], nodes: 0, aliases: 0, aliasedNodes: 0 };
  const [value, root] = read(contents, { path: [], keyAt: offset }, walk);
  return { value, root, troubles: walk.troubles };
}

type Found = readonly [Plain, Spot];

function read(node: Node | null, here: Here, walk: Walk): Found {
  const at = node?.range?.[0] ?? here.keyAt;
  const leaf: Spot = { at, keyAt: here.keyAt };
  const refused = limit(here, at, walk);
  if (refused) return [null, leaf];
  if (isAlias(node)) return readAlias(node.source, leaf, here, walk);
  const anchor = node && 'anchor' in node ? node.anchor : undefined;
  if (node && anchor !== undefined) walk.anchors.set(anchor, node);
  if (isMap<Node, Node | null>(node)) return readMap(node.items, leaf, here, walk);
  if (isSeq<Node>(node)) return readSeq(node.items, leaf, here, walk);
  return [isScalar(node) ? scalar(node.value, node.source) : null, leaf];
}

function limit(here: Here, at: number, walk: Walk): boolean {
  walk.nodes++;
  if (walk.aliases > 0) walk.aliasedNodes++;
  const deep = here.path.length > deepest;
  const bomb = walk.aliasedNodes > mostAliasedNodes || walk.nodes > mostNodes;
  if (!deep && !bomb) return false;
  // One finding of each kind is enough: a bomb would make one per node.
  const message = bomb ? 'the aliases repeat too much' : `more than ${deepest} levels are nested here`;
  const known = walk.troubles.some((trouble) => trouble.message === message);
  const hint = bomb ? 'write out what the aliases stand for' : 'the file has at most seven levels';
  if (!known) walk.troubles.push({ code: 'VF1006', at, path: here.path.slice(0, deepest), message, hint });
  return true;
}

function readAlias(name: string, leaf: Spot, here: Here, walk: Walk): Found {
  const target = walk.anchors.get(name);
  if (!target) {
    const hint = 'put the anchor before the alias, or write the value out';
    walk.troubles.push({
      code: 'VF1002',
      at: leaf.at,
      path: here.path,
      message: `no anchor ${quoted(`&${name}`)} stands before this alias`,
      hint,
      unread: true,
    });
    return [null, leaf];
  }
  walk.aliases++;
  const found = read(target, here, walk);
  walk.aliases--;
  return found;
}

function readSeq(items: readonly (Node | null)[], leaf: Spot, here: Here, walk: Walk): Found {
  const inner = new Map<number, Spot>();
  const values = items.map((item, i) => {
    const [value, spot] = read(item, { path: [...here.path, i], keyAt: item?.range?.[0] ?? leaf.at }, walk);
    inner.set(i, spot);
    return value;
  });
  return [values, { ...leaf, inner }];
}

function readMap(items: readonly Pair<Node, Node | null>[], leaf: Spot, here: Here, walk: Walk): Found {
  const inner = new Map<string, Spot>();
  const values: PlainMap = Object.create(null);
  for (const pair of items) {
    const at = pair.key.range?.[0] ?? leaf.at;
    const key = keyText(pair.key, { path: here.path, keyAt: at }, walk);
    if (key === undefined) continue;
    const path = [...here.path, key];
    const twin = inner.get(key);
    if (twin) {
      const message = `${quoted(key)} is given twice here`;
      walk.troubles.push({ code: 'VF1008', at, path, message, hint: 'keep one of the two' });
    }
    const [value, spot] = read(pair.value, { path, keyAt: at }, walk);
    if (twin) continue;
    inner.set(key, spot);
    values[key] = value;
  }
  return [values, { ...leaf, inner }];
}

/** A key as it is written: `42` and `null` are names like any other. */
function keyText(key: Node, here: Here, walk: Walk): string | undefined {
  if (isScalar(key)) return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
  const hint = isAlias(key) ? 'write the key out' : 'write a plain word before the colon';
  walk.troubles.push({
    code: 'VF1002',
    at: here.keyAt,
    path: here.path,
    message: 'a key is not a text',
    hint,
  });
  return undefined;
}

// 042 is 42 in YAML 1.2 and 34 in YAML 1.1: kept as a text, which no number may be.
function scalar(value: unknown, source: string | undefined): Plain {
  if (typeof value === 'number' && source !== undefined && /^[-+]?0\d/.test(source)) return source;
  return value === null || typeof value === 'boolean' || typeof value === 'number'
    ? value
    : String(value ?? '');
}
