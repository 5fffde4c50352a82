import { afterAll, describe, expect, test } from 'vitest';
import { guestCommands } from '../src/guest/guest-commands.ts';
import type { Datapath } from '../src/model/fabric.ts';
import { doLine } from './support/scenario.ts';
import { askedBy } from './support/seed/asked.ts';
import { type CarriedOut, carriedOut, newWorld, planOn } from './support/seed/carried-out.ts';
import { chapters } from './support/seed/chapters.ts';
import type { Chapter, Fate, Pattern, Said, SeedCommand } from './support/seed/row.ts';

/**
 * Every command of the log that vflane grew from, and where vflane does it: in the plan of its datapath, in a better way,
 * in a finding that has the command, or in another verb. A row that no longer holds fails here.
 */

const out = new Map<Datapath, CarriedOut>();
for (const datapath of ['legacy-vlan', 'ovs-tc', 'ovs-dpdk'] as const) {
  out.set(datapath, await carriedOut(datapath));
}

function planOf({ datapath }: Chapter): CarriedOut {
  const plan = datapath && out.get(datapath);
  if (!plan) throw new Error('this chapter has no plan');
  return plan;
}

function fits(pattern: Pattern): (text: string) => boolean {
  return (text) => (typeof pattern === 'string' ? text === pattern : pattern.test(text));
}

/** Patterns that fit none of the lines. */
function missing(patterns: readonly Pattern[], lines: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => !lines.some(fits(pattern))).map(String);
}

function textsOf(chapter: Chapter): readonly string[] {
  return planOf(chapter).lines.map(({ text }) => text);
}

async function saidOf(datapath: Datapath, { after, says: _says, code: _code, ...options }: Said) {
  const world = newWorld(options);
  for (const line of after) await doLine(world.machine, line);
  const { plan } = await planOn(world, datapath);
  return plan.findings.map(({ code, message, hint }) => ({ code, text: `${message} ${hint}` }));
}

/** The commands inside the VM that `vflane export guest vm` prints. */
function recipeOf(chapter: Chapter): readonly string[] {
  const { spec } = planOf(chapter).planned;
  return (spec?.guests ?? [])
    .filter(({ name }) => name === 'vm')
    .flatMap(({ lanes }) => lanes.flatMap(guestCommands));
}

async function holds(chapter: Chapter, fate: Fate): Promise<void> {
  if (fate.kind === 'planned') expect(missing(fate.by, textsOf(chapter))).toEqual([]);
  if (fate.kind === 'better') {
    expect(missing(fate.by, textsOf(chapter))).toEqual([]);
    expect(textsOf(chapter).filter((text) => fate.never.some((never) => never.test(text)))).toEqual([]);
    expect(fate.by.length + fate.never.length).toBeGreaterThan(0);
  }
  if (fate.kind === 'guest') {
    expect(missing(fate.recipe, recipeOf(chapter))).toEqual([]);
    expect(missing(fate.by, textsOf(chapter))).toEqual([]);
  }
  if (fate.kind === 'finding') {
    const { code, says } = fate.said;
    const told = await saidOf(chapter.datapath ?? 'legacy-vlan', fate.said);
    expect(told).toContainEqual({ code, text: expect.stringMatching(says) });
  }
  if (fate.kind === 'asked') expect(missing(fate.by, await askedBy[fate.verb]())).toEqual([]);
}

describe.each(chapters)('$name', (chapter) => {
  test.each(chapter.commands)('$fate.kind: $typed', ({ fate }) => holds(chapter, fate));
});

describe('what the log aimed at, and got only from another driver or not at all', () => {
  const overlays = ['ovs-tc', 'ovs-dpdk'] as const;

  test.each(overlays)('%s: Debian’s own driver makes one switch of both ports', async (datapath) => {
    const flags = await out.get(datapath)?.world.machine.readFile(lagFlags);
    expect(flags).toContain('shared_fdb:on');
  });

  test.each(overlays)(
    '%s: a tenant’s bridge is no way into the host: its own port is down',
    async (datapath) => {
      const { stdout = '[]' } = (await out.get(datapath)?.world.machine.query(localPort)) ?? {};
      expect(JSON.parse(stdout)).toMatchObject([
        { ifname: 'br-storage', flags: expect.not.arrayContaining(['UP']) },
      ]);
    },
  );
});

const lagFlags = '/sys/kernel/debug/mlx5/0000:03:00.0/lag/flags';
const localPort = ['ip', '-j', 'link', 'show', 'dev', 'br-storage'];

afterAll(() => {
  const kinds = ['planned', 'better', 'guest', 'finding', 'asked'] as const;
  const words = {
    planned: 'planned',
    better: 'done better',
    guest: 'in the guest',
    finding: 'told by a finding',
    asked: 'by another verb',
  };
  const count = (rows: readonly SeedCommand[], kind: Fate['kind']) =>
    rows.filter(({ fate }) => fate.kind === kind).length;
  const line = (name: string, rows: readonly SeedCommand[]) =>
    `${name.padEnd(24)}${`${rows.length}`.padStart(4)} typed: ${kinds.map((kind) => `${count(rows, kind)} ${words[kind]}`).join(', ')}\n`;
  process.stdout.write(chapters.map(({ name, commands }) => line(name, commands)).join(''));
  process.stdout.write(
    line(
      'in all',
      chapters.flatMap(({ commands }) => commands),
    ),
  );
});
