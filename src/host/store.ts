/** Where vflane keeps what it did on a host (`/var/lib/vflane` there). Everything is durable when its promise resolves. */
export interface Store {
  /** The journal's records, oldest first; a last one torn by a crash is left out. */
  records(): Promise<readonly string[]>;
  /** @throws StoreFailed */
  append(record: string): Promise<void>;
  /**
   * A whole document, put in place at once. `canBeMadeAgain`: nobody waits for the disk, and a power cut may leave the former
   * one, or one that cannot be read. @throws StoreFailed
   */
  put(name: string, text: string, canBeMadeAgain?: boolean): Promise<void>;
  /** Undefined where there is none. */
  get(name: string): Promise<string | undefined>;
  /** One writer a host. @throws StoreLocked */
  lock(): Promise<() => Promise<void>>;
  /** The same for one who may find nothing to do, and then has written nothing; absent where no lock writes. @throws StoreLocked */
  hold?(): Promise<HeldLock>;
}

/** A lock that is free when its holder dies. */
export interface HeldLock {
  /** Says in it who holds it: before anything is written. */
  sign(): Promise<void>;
  release(): Promise<void>;
}

/** Somebody else is writing. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked';
}

/** The journal holds a record that is damaged and is not the last: nothing can be trusted to follow from it. */
export class StoreDamaged extends Error {
  override readonly name = 'StoreDamaged';
}

/** The store could not be read or written, as on a full disk: what was to be kept was not kept. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed';
}
