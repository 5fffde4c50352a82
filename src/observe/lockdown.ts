import type { HostReader } from '../host/host.ts';
import type { Seen } from '../model/host-state.ts';
import { seenOr } from './look.ts';

/** What the kernel keeps even from root, with Secure Boot for instance; undefined: it has no lockdown, or securityfs is not mounted. */
export async function observeLockdown(reader: HostReader): Promise<Seen<string> | undefined> {
  const text = await seenOr(() => reader.readFile('/sys/kernel/security/lockdown'));
  return typeof text === 'string' ? parseLockdown(text) : text;
}

/** `none [integrity] confidentiality`: the one in brackets counts (security/lockdown/lockdown.c). */
export function parseLockdown(text: string): Seen<string> {
  const level = /\[(\w+)\]/.exec(text)?.[1];
  return level ?? { unseen: `/sys/kernel/security/lockdown says ${JSON.stringify(text.slice(0, 80))}` };
}
