/** Where vflane records what it did on a host (`/var/lib/vflane` there). Everything is durable once its promise resolves. */
export interface Store {
  /** The journal's records, oldest first, without a last one that a crash tore. */
  records(): Promise<readonly string[]>;
  /** @throws StoreFailed */
  append(record: string): Promise<void>;
  /**
   * Replaces a whole document at once. `cache`, for what can be made again: does not wait for the disk, so a power
   * failure may leave the former one, or one that cannot be read. @throws StoreFailed
   */
  put(name: string, text: string, as?: 'cache'): Promise<void>;
  /** Undefined if there is none. */
  get(name: string): Promise<string | undefined>;
  /** One writer per host. @throws StoreLocked */
  lock(): Promise<() => Promise<void>>;
  /** Like `lock`, but writes nothing until signed: there may be no work. Absent if no lock writes. @throws StoreLocked */
  hold?(): Promise<HeldLock>;
}

/** A lock that is freed when its holder dies. */
export interface HeldLock {
  /** Writes into the lock who holds it: to be called before anything else is written. */
  sign(): Promise<void>;
  release(): Promise<void>;
}

/** Another writer holds the store. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked';
}

/** A record of the journal other than the last is damaged: the journal cannot be trusted. */
export class StoreDamaged extends Error {
  override readonly name = 'StoreDamaged';
}

/** The store could not be read or written, as on a full disk: the data was not stored. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed';
}
