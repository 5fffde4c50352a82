import { expect, test } from 'vitest';
import { fabricHost } from '../../tests/support/states.ts';
import { HostError } from '../host/host.ts';
import { memoryStore } from '../host/memory-store.ts';
import type { FabricHost } from '../model/fabric.ts';
import { memorySim } from '../sim/open-sim.ts';
import { onEachHost, tellEachHost } from './hosts.ts';
import { localSite } from './local-site.ts';

const hosts = ['alpha', 'beta', 'gamma'].map((name) => fabricHost(name, []));

async function connect({ name }: FabricHost) {
  if (name === 'beta') throw new HostError({ kind: 'lost', host: name, argv: ['ssh', name] });
  return localSite({ host: memorySim({ name }), store: memoryStore(), self: ['vflane'] });
}

test('results are reported in the hosts’ order, whoever is done first', async () => {
  const told: string[] = [];
  let letAlphaGo = () => {};
  const alphaMayGo = new Promise<void>((resolve) => {
    letAlphaGo = resolve;
  });
  await tellEachHost(
    hosts,
    connect,
    async (_site, { name }) => {
      if (name === 'alpha') await alphaMayGo;
      else letAlphaGo();
    },
    ({ host }) => told.push(host),
  );
  expect(told).toEqual(['alpha', 'beta', 'gamma']);
});

test('a host that cannot be reached neither stops nor hides the others', async () => {
  const asked = await onEachHost(hosts, connect, async (site) => site.name);
  expect(asked.map(({ value, trouble }) => value ?? trouble?.kind)).toEqual([
    'alpha',
    'unreachable',
    'gamma',
  ]);
});
