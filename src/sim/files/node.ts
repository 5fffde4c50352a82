import { Refusal } from '../errno.ts';

/** A file tree that is generated while it is walked: nothing is built unless needed. */
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

/** An attribute that can only be written, such as `bind`. */
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

/** A folder with one entry or none; that is evaluated only when asked for. */
export function maybe(name: string, isThere: () => boolean, make: () => Node): DirNode {
  return listing(
    () => (isThere() ? [name] : []),
    (asked) => (asked === name && isThere() ? make() : undefined),
  );
}

/** Two folders merged into one. */
export function both(first: DirNode, second: DirNode): DirNode {
  return {
    kind: 'dir',
    names: () => [...new Set([...first.names(), ...second.names()])],
    child: (name) => first.child(name) ?? second.child(name),
  };
}

/** MAXSYMLINKS. */
const maxLinks = 40;

interface Place {
  readonly node: Node;
  /** With links resolved. */
  readonly path: string;
}

/** Walks an absolute path; a link at its end is followed only on request. @throws Refusal ENOENT, ENOTDIR, ELOOP */
export function walk(root: DirNode, path: string, followLast: boolean): Place {
  return new Walk(root).to(path, followLast);
}

class Walk {
  /** The folders on the way, from the root on, and their names. */
  #folders: DirNode[];
  #names: string[] = [];
  #links = 0;

  constructor(root: DirNode) {
    this.#folders = [root];
  }

  to(path: string, followLast: boolean): Place {
    const todo = path.split('/').filter(Boolean).reverse();
    for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
      const isLast = todo.length === 0;
      const node = name === '..' ? this.#up() : name === '.' ? this.#here : this.#child(name);
      if (node.kind === 'link' && (!isLast || followLast)) this.#follow(node.target, todo);
      else if (node.kind !== 'dir' && isLast) return { node, path: `${this.#path}/${name}` };
      else if (node.kind !== 'dir') throw new Refusal('ENOTDIR');
    }
    return { node: this.#here, path: this.#path || '/' };
  }

  get #here(): DirNode {
    return this.#folders.at(-1) as DirNode;
  }

  get #path(): string {
    return this.#names.map((name) => `/${name}`).join('');
  }

  #up(): DirNode {
    if (this.#names.pop() !== undefined) this.#folders.pop();
    return this.#here;
  }

  #child(name: string): Node {
    const child = this.#here.child(name);
    if (!child) throw new Refusal('ENOENT');
    if (child.kind === 'dir') {
      this.#folders.push(child);
      this.#names.push(name);
    }
    return child;
  }

  #follow(target: string, todo: string[]): void {
    this.#links += 1;
    if (this.#links > maxLinks) throw new Refusal('ELOOP');
    if (target.startsWith('/')) {
      this.#folders = this.#folders.slice(0, 1);
      this.#names = [];
    }
    todo.push(...target.split('/').filter(Boolean).reverse());
  }
}
