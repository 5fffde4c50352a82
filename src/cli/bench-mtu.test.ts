import { describe, expect, test } from 'vitest';
import { type Scenario, scenariosIn, setUpApplied } from '../../tests/support/scenario.ts';
import type { World } from '../../tests/support/world.ts';
import { HostError } from '../host/host.ts';
import type { Endpoint } from '../measure/endpoint.ts';
import type { Finding } from '../model/finding.ts';
import type { GuestName, IfName } from '../model/names.ts';
import type { Site } from '../operate/site.ts';
import { mtuLender } from './bench-mtu.ts';

function scenarioOf(name: string): Scenario {
  const [found] = scenariosIn(name);
  if (!found) throw new Error(`no scenario ${name}`);
  return found;
}

const scenario = scenarioOf('namespace-guest');
const { fabric, host } = scenario;
const guest = host.guests.find(({ kind }) => kind === 'netns');
const lane = { guest: guest?.name as GuestName, netdev: String(guest?.attachments[0]?.network) as IfName };

async function mtuOf(world: World): Promise<number | undefined> {
  const words = ['ip', '-n', lane.guest, '-j', 'link', 'show', 'dev', lane.netdev];
  const { stdout } = await world.process().reader.query(words);
  return (JSON.parse(stdout) as readonly { readonly mtu: number }[])[0]?.mtu;
}

function lenderOn(site: Site, mtu: number) {
  const place = { in: 'netns', guest: lane.guest } as const;
  const end: Endpoint = { site, host: host.name, ...lane, place, mac: '', addresses: [], mtu };
  return mtuLender(fabric, [end]);
}

async function lending(change: (site: Site) => Site = (site) => site) {
  const { world } = await setUpApplied(scenario);
  const own = (await mtuOf(world)) ?? 0;
  return { world, own, lender: lenderOn(change(world.process()), own) };
}

const codes = (found: readonly Finding[]) => found.map(({ code }) => code);

describe('guests are lent an MTU', () => {
  test('and have their own again after it, as often as asked', async () => {
    const { world, own, lender } = await lending();
    for (const mtu of [1280, 1400]) {
      expect(await lender.lend(mtu, 60_000)).toEqual([]);
      expect(await mtuOf(world)).toBe(mtu);
      expect(await lender.giveBack()).toEqual([]);
      expect(await mtuOf(world)).toBe(own);
    }
  });

  test('unless it is their own already: nothing is done, and nothing is wrong', async () => {
    const { world, own, lender } = await lending();
    expect(await lender.lend(own, 60_000)).toEqual([]);
    expect((await world.process().fold()).unconfirmed).toBeUndefined();
    expect(await lender.giveBack()).toEqual([]);
  });

  test('where the host took it back before that, it is said', async () => {
    const { world, lender } = await lending();
    await lender.lend(1280, 60_000);
    await world.process().carryOut({ do: 'rollback' }, () => {});
    expect(codes(await lender.giveBack())).toEqual(['VF6058']);
  });

  test('not while another plan waits: nobody’s MTU is changed, and it is said whose plan', async () => {
    const { world, own, lender } = await lending();
    const other = lenderOn(world.process(), own);
    await other.lend(1400, 60_000);
    expect(codes(await lender.lend(1280, 60_000))).toEqual(['VF6058', 'VF3011']);
    expect(await mtuOf(world)).toBe(1400);
    expect(await lender.giveBack()).toEqual([]);
    expect(await mtuOf(world)).toBe(1400);
  });

  test('and where the host is lost meanwhile, that it gives back by itself', async () => {
    let isLost = false;
    const { lender } = await lending((site) => ({
      ...site,
      fold: () => {
        if (!isLost) return site.fold();
        throw new HostError({ kind: 'lost', host: 'alpha', argv: ['ssh'], stderr: 'closed' });
      },
    }));
    await lender.lend(1280, 60_000);
    isLost = true;
    expect(codes(await lender.giveBack())).toEqual(['VF6058']);
  });
});
