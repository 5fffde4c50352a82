/** What could not be looked at, and why: never to be taken for "absent". */
export interface Unseen {
  readonly unseen: string;
  /** What is not there that would have answered, where that is the reason: a program, or the service it asks. */
  readonly lacks?: 'program' | 'service';
}

export type Seen<T> = T | Unseen;

export function isUnseen(value: unknown): value is Unseen {
  return typeof value === 'object' && value !== null && 'unseen' in value;
}
