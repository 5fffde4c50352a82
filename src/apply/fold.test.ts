import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../model/json.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Change } from '../model/plan.ts';
import { foldJournal } from './fold.ts';
import { documentName, type JournalRecord } from './journal.ts';
import { nothing, planOf } from './testing/plans.ts';

/** A host of a few things, and a journal of what was done to them. */
class Scene {
  readonly things = new Map<string, Json>();
  readonly documents = new Map<string, string>();
  readonly lines: string[] = [];
  #plans = 0;

  fold(lines = this.lines) {
    return foldJournal(lines, async (name) => this.documents.get(name));
  }

  /** One step for each wish; of them `begun` are walked, and all taken back again if it is `back`. */
  walk(wishes: readonly (readonly [string, Json])[], begun: number, back: boolean, residue = false): void {
    const id = `p${this.#plans++}`;
    const changes = this.#changes(wishes);
    const plan = planOf(...changes.map((change) => ({ ...nothing, changes: [change] })));
    this.documents.set(documentName(id), JSON.stringify(plan));
    this.#begin(id, changes.length);
    const walked = changes.slice(0, begun);
    for (const [n, change] of walked.entries()) this.#do(id, n, change);
    if (back) this.#undo(id, walked, residue);
    else if (begun >= changes.length)
      this.#write({ ...this.#of(id), record: 'end', outcome: 'applied', residue: [] });
  }

  #changes(wishes: readonly (readonly [string, Json])[]): readonly Change[] {
    const now = new Map(this.things);
    return wishes.map(([at, to]) => {
      const from = now.get(at) ?? null;
      now.set(at, to);
      return { resource: 'thing', at, from, to };
    });
  }

  #begin(id: string, steps: number): void {
    const rest = { verb: 'apply', host: 'alpha', bootId: 'b', basis: '', summary: '' };
    const document = documentName(id);
    this.#write({ ...this.#of(id), record: 'begin', ...rest, document, steps, allocation: { [id]: 1 } });
  }

  #do(id: string, n: number, change: Change): void {
    this.#write({ ...this.#of(id), record: 'step', n, phase: 'start' });
    this.things.set(change.at, change.to);
    this.#write({ ...this.#of(id), record: 'step', n, phase: 'done' });
  }

  #undo(id: string, walked: readonly Change[], fails: boolean): void {
    this.#write({ ...this.#of(id), record: 'rollback' });
    for (const [n, change] of [...walked.entries()].reverse()) {
      const stays = fails && n === 0;
      if (!stays) this.things.set(change.at, change.from);
      this.#write({ ...this.#of(id), record: 'step', n, phase: stays ? 'undo-failed' : 'undone' });
    }
    const residue = fails ? walked.slice(0, 1) : [];
    const outcome = residue.length ? 'rollback-incomplete' : 'rolled-back';
    this.#write({ ...this.#of(id), record: 'end', outcome, residue });
  }

  #of(plan: string) {
    return { v: 1, plan, time: this.lines.length } as const;
  }

  #write(record: JournalRecord): void {
    this.lines.push(JSON.stringify(record));
  }
}

const wish = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom<Json>(null, 0, 1, { mode: 'x' }));
const walk = fc.tuple(fc.array(wish, { maxLength: 6 }), fc.nat({ max: 7 }), fc.boolean());

function destroyWishes(ledger: Ledger): readonly (readonly [string, Json])[] {
  return [...ledger.entries.values()].map((entry) => [entry.at, entry.was] as const);
}

describe('the ledger', () => {
  it('says of everything what vflane made of it, and what it was before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(walk, { maxLength: 8 }), async (walks) => {
        const scene = new Scene();
        for (const [wishes, begun, back] of walks) scene.walk(wishes, begun, back);
        const { ledger } = await scene.fold();
        for (const at of ['a', 'b', 'c', 'd']) {
          const entry = ledger.entries.get(`thing ${at}`);
          expect(entry ? entry.value : null).toEqual(scene.things.get(at) ?? null);
          expect(entry?.was ?? null).toBeNull();
        }
      }),
    );
  });

  it('is empty once all of it was taken away, and the host is as it was at first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(walk, { maxLength: 8 }), async (walks) => {
        const scene = new Scene();
        for (const [wishes, begun, back] of walks) scene.walk(wishes, begun, back);
        const wishes = destroyWishes((await scene.fold()).ledger);
        scene.walk(wishes, wishes.length, false);
        expect((await scene.fold()).ledger.entries.size).toBe(0);
        expect([...scene.things.values()].every((value) => value === null)).toBe(true);
      }),
    );
  });

  it('is as it was before a plan that was rolled back, allocation and all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(walk, { maxLength: 5 }), walk, async (walks, [wishes, begun]) => {
        const scene = new Scene();
        for (const [w, b, back] of walks) scene.walk(w, b, back);
        const { ledger } = await scene.fold();
        scene.walk(wishes, begun, true);
        expect((await scene.fold()).ledger).toEqual(ledger);
      }),
    );
  });

  it('keeps what a rollback left behind, and nothing else', async () => {
    const scene = new Scene();
    const wishes: readonly (readonly [string, Json])[] = [
      ['a', 1],
      ['b', 2],
    ];
    scene.walk(wishes, 2, true, true);
    expect([...(await scene.fold()).ledger.entries.values()]).toEqual([
      { resource: 'thing', at: 'a', value: 1, was: null },
    ]);
  });

  it('answers for a step that was begun: it may have had its effect', async () => {
    const scene = new Scene();
    scene.walk([['a', 1]], 1, false);
    const begun = await scene.fold(scene.lines.slice(0, 2));
    expect(begun.open?.steps[0]?.state).toBe('started');
    expect(begun.ledger.entries.get('thing a')).toMatchObject({ value: 1, was: null });
  });

  it('remembers "not there" as what it was, however often it is changed afterwards', async () => {
    const scene = new Scene();
    scene.walk([['a', 1]], 1, false);
    scene.walk([['a', 2]], 1, false);
    expect([...(await scene.fold()).ledger.entries.values()]).toEqual([
      { resource: 'thing', at: 'a', value: 2, was: null },
    ]);
  });
});

describe('a journal', () => {
  it('can be read wherever it ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(walk, { maxLength: 4 }), async (walks) => {
        const scene = new Scene();
        for (const [wishes, begun, back] of walks) scene.walk(wishes, begun, back);
        for (let end = 0; end <= scene.lines.length; end++) {
          const { history, open } = await scene.fold(scene.lines.slice(0, end));
          expect(open === undefined || open.id === history.at(-1)?.id).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    '{"v":2,"record":"begin","plan":"p"}',
    'nonsense',
    '{"v":1,"record":"new","plan":"p"}',
    'null',
    '1',
  ])('of another vflane is refused, not guessed at: %s', async (line) => {
    await expect(new Scene().fold([line])).rejects.toThrow('not one that this version of vflane writes');
  });

  it('without the plan it names is refused', async () => {
    const scene = new Scene();
    scene.walk([['a', 1]], 1, false);
    scene.documents.clear();
    await expect(scene.fold()).rejects.toThrow('plan-p0.json, which is not in the store');
  });

  it('of a plan that never began tells nothing', async () => {
    const line = '{"v":1,"record":"end","plan":"p9","time":1,"outcome":"failed","residue":[]}';
    expect((await new Scene().fold([line])).history).toEqual([]);
  });
});
