import { systemClock } from '../apply/clock.ts';
import { type Host, HostError } from '../host/host.ts';
import { bootPlaces } from '../model/boot.ts';
import { changesIn } from '../plan/plan.ts';
import { readBootDocument } from './boot-document.ts';
import { localSite } from './local-site.ts';
import { basisNow } from './look.ts';
import { planFromDocument } from './plan-host.ts';
import type { Workshop } from './workshop.ts';

/**
 * Goes through a start of this host without touching it: plans as if its VFs and namespaces did not exist yet, and takes the
 * steps on a host that already is as asked, with writes that do nothing. Code that has run once need not be compiled again.
 */
export async function rehearse({ host, ...workshop }: Workshop): Promise<void> {
  const document = readBootDocument(await host.readFile(bootPlaces.document).catch(() => ''));
  if (document === undefined) return;
  let isBefore = true;
  const stage = idle(host, () => isBefore);
  const site = localSite({ ...workshop, host: stage, clock: impatient() });
  const { plan } = await planFromDocument(site, document, { allowDisruption: false });
  isBefore = false;
  const basis = await basisNow(stage, changesIn(plan.steps));
  const request = { do: 'apply', plan: { ...plan, basis }, planId: 'rehearsal', verb: 'boot' } as const;
  await site.carryOut(request, () => undefined);
}

/** Reads as this host does, except for what a reboot takes away; writes nothing. */
function idle(host: Host, isBefore: () => boolean): Host {
  const { ask } = host;
  return {
    name: host.name,
    readFile: async (path) => (isBefore() && /\/sriov_numvfs$/.test(path) ? '0\n' : host.readFile(path)),
    readLink: (path) => host.readLink(path),
    listDir: async (path) => {
      if (isBefore() && path === '/run/netns') throw absent(host.name, path);
      const names = await namesIn(host, path);
      return isBefore() ? names.filter((name) => !/^virtfn\d+$/.test(name)) : names;
    },
    query: (argv, timeoutMs) => host.query(argv, timeoutMs),
    openFiles: (folder) => host.openFiles(folder),
    ...(ask ? { ask: ask.bind(host) } : {}),
    run: async () => ({ stdout: '', stderr: '' }),
    writeFile: async () => undefined,
  };
}

/** A VF whose guest has its netdev shows none here (drivers/base/core.c, namespaces of class devices); right after a start it still has one. */
async function namesIn(host: Host, path: string): Promise<readonly string[]> {
  if (!/^\/sys\/bus\/pci\/devices\/[^/]+\/net$/.test(path)) return host.listDir(path);
  const names = await host.listDir(path).catch(() => []);
  return names.length > 0 ? names : ['eth0'];
}

function absent(host: string, path: string): HostError {
  return new HostError({ kind: 'errno', host, argv: ['list', path], errno: 'ENOENT' });
}

/** Nothing that is waited for will happen: nobody does anything. */
function impatient() {
  let waitedMs = 0;
  return {
    now: () => systemClock.now() + waitedMs,
    sleep: async (ms: number) => {
      waitedMs += ms;
    },
  };
}
