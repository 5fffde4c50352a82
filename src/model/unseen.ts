/** Something that could not be looked at, and why: never to be taken for "absent". */
export interface Unseen {
  readonly unseen: string;
  /** If the reason is that something is missing: the program, or the service that it asks. */
  readonly lacks?: 'program' | 'service';
}

export type Seen<T> = T | Unseen;

export function isUnseen(value: unknown): value is Unseen {
  return typeof value === 'object' && value !== null && 'unseen' in value;
}
