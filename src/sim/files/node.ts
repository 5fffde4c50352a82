import { Refusal } from '../errno.ts';

/** A file tree that is made up while it is walked: nothing is built that nobody asks for. */
export type Node = FileNode | LinkNode | DirNode;

export interface FileNode {
  readonly kind: 'file';
  readonly read?: () => string;
  readonly write?: (text: string) => void;
}

export interface LinkNode {
  readonly kind: 'link';
  readonly target: string;
}

export interface DirNode {
  readonly kind: 'dir';
  readonly names: () => readonly string[];
  readonly child: (name: string) => Node | undefined;
}

export function file(read: () => string, write?: (text: string) => void): FileNode {
  return write ? { kind: 'file', read, write } : { kind: 'file', read };
}

/** An attribute that can only be written, as `bind`. */
export function button(write: (text: string) => void): FileNode {
  return { kind: 'file', write };
}

export function link(target: string): LinkNode {
  return { kind: 'link', target };
}

type Entries = { readonly [name: string]: (() => Node) | undefined };

export function dir(entries: Entries): DirNode {
  return {
    kind: 'dir',
    names: () => Object.keys(entries).filter((name) => entries[name] !== undefined),
    child: (name) => (Object.hasOwn(entries, name) ? entries[name]?.() : undefined),
  };
}

export function listing(names: () => readonly string[], child: (name: string) => Node | undefined): DirNode {
  return { kind: 'dir', names, child };
}

/** Two folders seen as one. */
export function both(first: DirNode, second: DirNode): DirNode {
  return {
    kind: 'dir',
    names: () => [...new Set([...first.names(), ...second.names()])],
    child: (name) => first.child(name) ?? second.child(name),
  };
}

/** MAXSYMLINKS. */
const maxLinks = 40;

/** Walks an absolute path; a last link is followed only on request. @throws Refusal ENOENT, ENOTDIR, ELOOP */
export function walk(
  root: DirNode,
  path: string,
  followLast: boolean,
): { readonly node: Node; readonly path: string } {
  const todo = path.split('/').filter(Boolean).reverse();
  const done: string[] = [];
  const nodes: DirNode[] = [root];
  let links = 0;
  let last: Node = root;
  while (todo.length > 0) {
    const name = todo.pop() as string;
    const here = nodes.at(-1) ?? root;
    if (last.kind === 'file') throw new Refusal('ENOTDIR');
    if (name === '.') continue;
    if (name === '..') {
      if (done.length > 0) {
        done.pop();
        nodes.pop();
      }
      last = nodes.at(-1) ?? root;
      continue;
    }
    const child = here.child(name);
    if (!child) throw new Refusal('ENOENT');
    if (child.kind === 'link' && (todo.length > 0 || followLast)) {
      links += 1;
      if (links > maxLinks) throw new Refusal('ELOOP');
      if (child.target.startsWith('/')) {
        done.length = 0;
        nodes.length = 1;
      }
      todo.push(...child.target.split('/').filter(Boolean).reverse());
      last = nodes.at(-1) ?? root;
      continue;
    }
    last = child;
    if (child.kind === 'dir') nodes.push(child);
    else if (child.kind === 'link') return { node: child, path: `/${[...done, name].join('/')}` };
    done.push(name);
  }
  return { node: last, path: `/${done.join('/')}` };
}
