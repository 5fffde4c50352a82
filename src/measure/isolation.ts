import { setTimeout as sleep } from 'node:timers/promises';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { type Attack, attacks } from './attacks.ts';
import { Ears, patienceFor } from './ears.ts';
import type { Cell, IsolationResult, Verdict } from './isolation-result.ts';
import type { Station } from './station.ts';

/** One frame of one kind from one guest to another; it carries its place in the list as a number. */
interface Try {
  readonly attack: Attack;
  readonly from: Station;
  readonly to: Station;
  readonly frames: number;
}

export interface IsolationEnd {
  readonly result: IsolationResult;
  /** Why nothing was tested. */
  readonly findings: readonly Finding[];
  /** Guests that took no part, and why. */
  readonly notes: readonly Finding[];
}

/** How often each frame is sent: one that is lost by chance must not pass for one that was held. */
const copies = 3;
/** What has not arrived at a guest by then never will. */
const lateMs = 1_000;

/** Makes every guest send what it must not to every other, and listens everywhere. */
export async function runIsolation(
  asked: readonly Station[],
  signal: AbortSignal,
  tell: (line: string) => void,
  patienceMs = patienceFor(asked),
): Promise<IsolationEnd> {
  const ears = new Ears(asked, signal, patienceMs);
  try {
    const stations = await ears.ready();
    const notes = [...ears.absent].flatMap(([station, findings]) =>
      findings.map((one) => absentBy(station, one)),
    );
    if (!(await ears.meet())) tell('not everybody hears everybody of his network');
    const tries = triesOf(stations);
    for (const [n, from] of stations.entries()) {
      if (signal.aborted) break;
      await sendAll(from, tries, ears);
      tell(`${from.name}: all sent (${n + 1} of ${stations.length})`);
    }
    await sleep(lateMs);
    await ears.part();
    return { result: resultOf(stations, tries, ears, signal), findings: ears.refused, notes };
  } finally {
    await ears.end();
  }
}

function absentBy({ name, end: { host } }: Station, { message, hint }: Finding): Finding {
  return finding('VF6003', { host, at: name }, `${name} takes no part: ${message}`, hint);
}

function triesOf(stations: readonly Station[]): readonly Try[] {
  return stations.flatMap((from) =>
    stations
      .filter((to) => to !== from)
      .flatMap((to) =>
        attacks.map((attack) => ({
          attack,
          from,
          to,
          frames: attack.frames(from, to, new Array(12).fill(0)).length,
        })),
      ),
  );
}

/** All that one guest sends, three times over, so that each frame's copies are apart. */
async function sendAll(from: Station, tries: readonly Try[], ears: Ears): Promise<void> {
  const frames = tries.flatMap((one, n) =>
    one.from === from ? one.attack.frames(from, one.to, ears.number(n)) : [],
  );
  await ears.send(from, Array.from({ length: copies }, () => frames).flat());
}

function resultOf(
  stations: readonly Station[],
  tries: readonly Try[],
  ears: Ears,
  signal: AbortSignal,
): IsolationResult {
  const networks = [...new Set(stations.map(({ network }) => network))];
  const cells = networks.flatMap((from) =>
    networks.flatMap((to) => attacks.map((attack) => cellOf({ stations, tries, ears, attack, from, to }))),
  );
  return {
    networks,
    attacks: attacks.map(({ name }) => name),
    guests: stations.map(({ name }) => name),
    cells,
    provesNothing: [...ears.troubles, ...unproved(stations, ears), ...ears.deafened, ...silentIn(cells)],
    ...(signal.aborted ? { partial: 'it was interrupted' } : {}),
  };
}

interface CellAsk {
  readonly stations: readonly Station[];
  readonly tries: readonly Try[];
  readonly ears: Ears;
  readonly attack: Attack;
  readonly from: string;
  readonly to: string;
}

function cellOf({ stations, tries, ears, attack, from, to }: CellAsk): Cell {
  const ours = [...tries.entries()].filter(
    ([, one]) => one.attack === attack && one.from.network === from && one.frames > 0,
  );
  const meant = ours.filter(([, one]) => one.to.network === to);
  // Between networks, whatever arrives is a leak, whoever it was meant for.
  const heardBy = (n: number): readonly Station[] =>
    stations.filter((at) => at.network === to && ears.heard.get(at)?.has(n) === true);
  const counted = from === to ? meant : ours;
  // A card or a switch may return a broadcast to its sender.
  const arrivals = counted.flatMap(([n, { from: sender }]) =>
    heardBy(n).flatMap((at) => (at === sender ? [] : [{ from: sender, at }])),
  );
  const leaks = arrivals.filter((one) => from !== to || attack.heldWithin(one.from));
  const expected = leaks.map((one) => one.from.knownLeak).find((why) => why !== undefined);
  const isWhole = meant.every(([n, one]) => heardBy(n).includes(one.to));
  return {
    ...{ from, to, attack: attack.name, tried: meant.length },
    verdict: verdictOf(attack, {
      ...{ isWithin: from === to, tried: meant.length, isWhole },
      ...{ arrived: arrivals.length, leaked: leaks.length },
    }),
    arrived: pairsOf(leaks.length > 0 ? leaks : arrivals),
    ...(expected !== undefined && attack.name === 'forged MAC' ? { expected } : {}),
  };
}

type Arrival = { readonly from: Station; readonly at: Station };

function pairsOf(arrivals: readonly Arrival[]): readonly string[] {
  return [...new Set(arrivals.map(({ from, at }) => `${from.name} → ${at.name}`))];
}

/** What became of one kind of frame between two networks, or within one. */
interface Count {
  readonly isWithin: boolean;
  readonly tried: number;
  readonly arrived: number;
  readonly leaked: number;
  /** Everybody it was meant for has heard it. */
  readonly isWhole: boolean;
}

function verdictOf(attack: Attack, { isWithin, tried, arrived, leaked, isWhole }: Count): Verdict {
  if (leaked > 0) return 'leaked';
  if (tried === 0) return 'untried';
  if (isWithin && attack.isTraffic) return isWhole ? 'carried' : 'silent';
  return arrived > 0 ? 'passes' : 'held';
}

function silentIn(cells: readonly Cell[]): readonly string[] {
  const silent = cells.filter(({ verdict }) => verdict === 'silent');
  return silent.map(
    ({ from, attack, tried, arrived }) =>
      `${from} does not carry its own ${attack}: of ${tried} pairs ${arrived.length}`,
  );
}

/** A guest that hears nobody in its own network would not hear an intruder either, and one that nobody hears attacks nobody. */
function unproved(stations: readonly Station[], ears: Ears): readonly string[] {
  return stations.flatMap((at) => {
    const others = stations.filter((one) => one !== at && one.network === at.network);
    if (others.length === 0) return [`${at.name} is the only guest of ${at.network} that can be tested from`];
    return [
      ...(others.some((one) => ears.met(at, one)) ? [] : [`${at.name} hears nothing of its own network`]),
      ...(others.some((one) => ears.met(one, at)) ? [] : [`nobody of its own network hears ${at.name}`]),
    ];
  });
}
