import { HostError, type HostReader } from '../host/host.ts';
import { guestPaths } from '../model/guest-paths.ts';
import type { DomainState } from '../model/machine-state.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';

/** Looks at a domain, over a connection that libvirt itself makes read-only; null if there is none. */
export async function observeDomain(reader: HostReader, name: string): Promise<Seen<DomainState | null>> {
  const kept = (await seenOr(() => reader.readFile(guestPaths(name).domain))) ?? null;
  if (isUnseen(kept)) return kept;
  return seen(async () => {
    const xml = await unlessNoDomain(() => virsh(reader, 'dumpxml', '--inactive', name));
    if (xml === null) return null;
    const told = infoOf(await virsh(reader, 'dominfo', name));
    const isOff = told.state === 'shut off';
    const ended = isOff ? { ended: reasonOf(await virsh(reader, 'domstate', '--reason', name)) } : {};
    return { xml: kept, digest: digestIn(xml), ...told, ...ended };
  });
}

/** Parses `virsh dominfo`, whose lines are `Key:   value`. */
export function infoOf(text: string): Pick<DomainState, 'state' | 'autostart'> {
  const value = (key: string) => new RegExp(`^${key}:[ \\t]*(.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  return { state: value('State'), autostart: value('Autostart') === 'enable' };
}

/** Parses `virsh domstate --reason`: `destroyed` of `shut off (destroyed)`; empty if it gives no reason. */
export function reasonOf(text: string): string {
  return /\(([a-z ]+)\)/.exec(text)?.[1] ?? '';
}

async function virsh(reader: HostReader, ...words: readonly string[]): Promise<string> {
  return (await reader.query(['virsh', '-r', '--connect=qemu:///system', ...words])).stdout;
}

async function unlessNoDomain(look: () => Promise<string>): Promise<string | null> {
  try {
    return await look();
  } catch (error) {
    if (
      error instanceof HostError &&
      /[Dd]omain not found|failed to get domain/.test(error.details.stderr ?? '')
    )
      return null;
    throw error;
  }
}

/** What vflane wrote into the domain's metadata; empty for somebody else's domain. */
export function digestIn(xml: string): string {
  return /<vflane:guest\b[^>]*\bdigest=["']([0-9a-f]{64})["']/.exec(xml)?.[1] ?? '';
}
