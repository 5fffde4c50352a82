import type { Connector } from '../operate/hosts.ts';
import type { Site } from '../operate/site.ts';

/** Hosts that are asked more than once, each connected to once. */
export interface KeptSites {
  readonly connect: Connector;
  close(): Promise<void>;
}

export function keptSites(connect: Connector): KeptSites {
  const sites = new Map<string, Promise<Site>>();
  return {
    connect: (host) => {
      const known = sites.get(host.name) ?? connect(host);
      sites.set(host.name, known);
      return known;
    },
    close: async () => {
      await Promise.allSettled([...sites.values()].map(async (site) => (await site).close()));
    },
  };
}
