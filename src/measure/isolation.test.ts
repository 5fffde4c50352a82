import { describe, expect, test } from 'vitest';
import { finding } from '../model/catalogue.ts';
import { asHostName, asIfName, asNetworkName } from '../model/names.ts';
import type { Measured, MeasureRequest, OnLine } from '../operate/measure-request.ts';
import type { Site } from '../operate/site.ts';
import type { Endpoint } from './endpoint.ts';
import { runIsolation } from './isolation.ts';
import type { Cell } from './isolation-result.ts';
import type { Station } from './station.ts';

type Carries = (from: Station, to: Station) => boolean;

/** A wire that brings every frame to whomever `carries` says, its sender too, and knows nothing of what is in it. */
function wired(carries: Carries): readonly Station[] {
  const stations: Station[] = [];
  const ears = new Map<string, { readonly magic: string; readonly hear: OnLine }>();
  const measure = async (
    name: string,
    { program }: MeasureRequest,
    hear: OnLine,
    signal?: AbortSignal,
  ): Promise<Measured> => {
    if (program.name === 'wire-listen') {
      ears.set(name, { magic: program.magic, hear });
      hear('ready');
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      return { kind: 'ended', exitCode: 0, stderr: '', ms: 0, cut: 'stopped' };
    }
    const from = stations.find((one) => one.name === name);
    const frames = program.name === 'wire-send' ? program.frames : [];
    for (const to of stations.filter((one) => from && carries(from, one))) {
      const ear = ears.get(to.name);
      for (const frame of frames) {
        const at = ear === undefined ? -1 : frame.indexOf(ear.magic);
        if (at >= 0) ear?.hear(`${Number.parseInt(frame.slice(at + 16, at + 24), 16)}`);
      }
    }
    return { kind: 'ended', exitCode: 0, stderr: '', ms: 0 };
  };
  const made = [
    ['a', 'red', 1],
    ['b', 'red', 2],
    ['c', 'blue', 1],
    ['d', 'blue', 2],
  ] as const;
  for (const [name, network, n] of made) {
    const site = {
      measure: (...words: Parameters<Site['measure']>) => measure(name, ...words),
    } as unknown as Site;
    const end = {
      ...{
        site,
        host: asHostName('alpha'),
        network: asNetworkName(network),
        place: { in: 'host' },
        mtu: 1500,
      },
      ...{
        netdev: asIfName('eth0'),
        mac: `02:00:00:00:0${network.length}:0${n}`,
        addresses: [`10.${network.length}.0.${n}`],
      },
    } as unknown as Endpoint;
    const heldTo = { mac: true, address: name !== 'b', roles: true };
    stations.push({ end, name, network, host: 'alpha', id: network.length, heldTo });
  }
  return stations;
}

async function cellsOf(
  carries: Carries,
): Promise<{ readonly cells: readonly Cell[]; readonly provesNothing: readonly string[] }> {
  const stations = wired(carries);
  const { result } = await runIsolation(stations, new AbortController().signal, () => {}, 500);
  return result;
}

const verdicts = (cells: readonly Cell[], holds: (cell: Cell) => boolean): readonly string[] =>
  [...new Set(cells.filter(holds).map(({ verdict }) => verdict))].toSorted();

describe.concurrent('the isolation test', () => {
  test('of a hub finds that everything leaks', async () => {
    const { cells, provesNothing } = await cellsOf(() => true);
    expect(verdicts(cells, ({ from, to, tried }) => from !== to && tried > 0)).toEqual(['leaked']);
    expect(verdicts(cells, ({ from, to, attack }) => from === to && attack === 'unicast')).toEqual([
      'carried',
    ]);
    expect(provesNothing).toEqual([]);
  });

  test('of networks that are apart, without a look at names, finds who passes for whom', async () => {
    const { cells, provesNothing } = await cellsOf((from, to) => from.network === to.network);
    expect(verdicts(cells, ({ from, to, tried }) => from !== to && tried > 0)).toEqual(['held']);
    const posing = cells.filter(
      ({ attack, from, to }) => from === 'red' && to === 'red' && attack === 'forged IP',
    );
    // b may have any address: nothing is promised of it.
    expect(posing).toMatchObject([{ verdict: 'leaked', arrived: ['a → b'] }]);
    // No tunnels here, and nobody promised anything of tags within a VLAN.
    expect(verdicts(cells, ({ attack, from, to }) => attack === 'VLAN tag' && from === to)).toEqual([
      'passes',
    ]);
    expect(verdicts(cells, ({ attack }) => attack.startsWith('VXLAN'))).toEqual(['untried']);
    expect(provesNothing).toEqual([]);
  });

  test('tells what only one of a pair hears', async () => {
    const { cells } = await cellsOf(
      (from, to) => from.network === to.network || (from.name === 'a' && to.name === 'd'),
    );
    const across = cells.filter(({ from, to, tried }) => from !== to && tried > 0);
    expect(new Set(across.filter(({ from }) => from === 'blue').map(({ verdict }) => verdict))).toEqual(
      new Set(['held']),
    );
    const leaks = across.filter(({ from }) => from === 'red');
    expect(new Set(leaks.map(({ verdict }) => verdict))).toEqual(new Set(['leaked']));
    for (const { arrived } of leaks) expect(arrived).toEqual(['a → d']);
  });

  test('goes on without a VM whose agent starts no programs, and says why', async () => {
    const stations = wired((from, to) => from.network === to.network).map((station): Station => {
      if (station.name !== 'd') return station;
      const why = finding(
        'VF6001',
        { host: 'alpha', at: 'perl' },
        'alpha: vm1: perl is not installed there',
        'x',
      );
      const site = { measure: async () => ({ kind: 'refused', findings: [why] }) } as unknown as Site;
      const place = { in: 'vm', guest: 'vm1' } as Endpoint['place'];
      return { ...station, end: { ...station.end, site, place } };
    });
    const { result, findings, notes } = await runIsolation(
      stations,
      new AbortController().signal,
      () => {},
      500,
    );
    expect(findings).toEqual([]);
    expect(notes).toMatchObject([
      { code: 'VF6003', message: 'd takes no part: alpha: vm1: perl is not installed there' },
    ]);
    expect(result.guests).toEqual(['a', 'b', 'c']);
    expect(verdicts(result.cells, ({ from, to }) => from === 'red' && to === 'blue')).toContain('held');
    expect(result.provesNothing).toEqual(['c is the only guest of blue that can be tested from']);
  });

  test('says of a guest that went deaf under it that what it did not hear proves nothing', async () => {
    const sent = new Map<string, number>();
    const { provesNothing } = await cellsOf((from, to) => {
      const pair = `${from.name} ${to.name}`;
      sent.set(pair, (sent.get(pair) ?? 0) + 1);
      return from.network === to.network && (to.name !== 'd' || sent.get(pair) === 1);
    });
    expect(provesNothing).toContain('d no longer heard its own network at the end');
    expect(provesNothing.filter((why) => why.includes('no longer'))).toHaveLength(1);
  });
});
