import { createHash } from 'node:crypto';

/** These are given neither to users nor to containers (systemd, docs/UIDS-GIDS.md: "Unused"). */
const first = 1_879_048_192;
const count = 2 ** 27;

/**
 * The numeric user and group of a guest's QEMU once it has opened what it is given: nobody else's, and another
 * guest's only if two of 134 million collide. No account with that number has to exist.
 */
export function guestUser(name: string): number {
  return first + (createHash('sha256').update(`vflane guest ${name}`).digest().readUInt32BE() % count);
}
