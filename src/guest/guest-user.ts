import { createHash } from 'node:crypto';

/** Neither users nor containers are given these (systemd, docs/UIDS-GIDS.md: "Unused"). */
const first = 1_879_048_192;
const count = 2 ** 27;

/**
 * The user and group, by number, that a guest's QEMU is once it has opened what it is given: nobody else's, and another
 * guest's only if two of 134 million meet. No account of that number has to exist.
 */
export function guestUser(name: string): number {
  return first + (createHash('sha256').update(`vflane guest ${name}`).digest().readUInt32BE() % count);
}
