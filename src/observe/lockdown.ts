import type { HostReader } from '../host/host.ts';
import type { Seen } from '../model/unseen.ts';
import { seenOr } from './look.ts';

/** What the kernel denies even root, for instance with Secure Boot; undefined: it has no lockdown, or securityfs is not mounted. */
export async function observeLockdown(reader: HostReader): Promise<Seen<string> | undefined> {
  const text = await seenOr(() => reader.readFile('/sys/kernel/security/lockdown'));
  return typeof text === 'string' ? parseLockdown(text) : text;
}

/** `none [integrity] confidentiality`: the one in brackets is in effect (security/lockdown/lockdown.c). */
export function parseLockdown(text: string): Seen<string> {
  const level = /\[(\w+)\]/.exec(text)?.[1];
  return level ?? { unseen: `/sys/kernel/security/lockdown says ${JSON.stringify(text.slice(0, 80))}` };
}
