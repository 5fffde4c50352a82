import { randomBytes } from 'node:crypto';

/** `20261122-121501-ab12cd`: sorts by time, and is a valid file name. */
export function newPlanId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${randomBytes(3).toString('hex')}`;
}
