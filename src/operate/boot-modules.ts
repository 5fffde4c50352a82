import { type Host, HostError } from '../host/host.ts';
import type { Ledger, LedgerEntry } from '../model/ledger.ts';

/** A guest's bond, or the host's own. */
const bonds: ReadonlySet<string> = new Set(['guest-bond', 'host-bond']);

/**
 * Loads the drivers that vflane's things had before the reboot, in one process, and while the card may still be on its
 * way: the bonding driver alone takes as long as several steps. The plan reports what does not load.
 */
export async function loadModules(host: Host, { entries }: Ledger): Promise<void> {
  const there = await host.listDir('/sys/module').catch(() => undefined);
  const wanted = new Set([...entries.values()].flatMap(modulesOf));
  const missing = [...wanted].filter((name) => there?.includes(name) === false);
  if (missing.length === 0) return;
  try {
    await host.run(['modprobe', '-a', ...missing]);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
  }
}

/** The kernel spells module names with underscores (`/sys/module/vfio_pci`). */
function modulesOf({ resource, value }: LedgerEntry): readonly string[] {
  if (bonds.has(resource)) return ['bonding'];
  const isPlain = resource === 'vf-driver' && typeof value === 'string' && /^[\w-]+$/.test(value);
  return isPlain ? [value.replaceAll('-', '_')] : [];
}
