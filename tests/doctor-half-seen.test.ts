import { describe, expect, test } from 'vitest';
import { HostError, type HostReader } from '../src/host/host.ts';
import { isReadOnly } from '../src/host/read-only.ts';
import { diagnoseHost, type Report } from '../src/operate/diagnose.ts';
import { readerOf } from './support/half-seen.ts';
import { newWorld } from './support/seed/carried-out.ts';
import { chapters } from './support/seed/chapters.ts';
import { type } from './support/seed/typed.ts';
import type { World } from './support/world.ts';

/** A host whose files and tools fail in turn: what could not be seen is said to be so, and never called fine or wrong. */

const notHere = /^(if |iperf3|ping|lspci|wget|unzip|#)|apt |dpkg|apt-get|mstf|reboot/;

async function typed(): Promise<World> {
  const world = newWorld({ kernel: 'doca' });
  const chapter = chapters.find(({ name }) => name === 'approach 3: host');
  for (const { typed: line } of chapter?.commands ?? [])
    if (!notHere.test(line)) await type(world.machine, line);
  return world;
}

const world = await typed();

function look(reader: (real: HostReader) => HostReader): Promise<Report> {
  const site = world.process();
  return diagnoseHost({ ...site, reader: reader(site.reader) }, undefined, () => world.machine.clock.now());
}

async function asked(): Promise<readonly string[]> {
  const words: string[] = [];
  await look((real) =>
    readerOf(real, async (question, answer) => {
      words.push(question.join(' '));
      return answer();
    }),
  );
  return [...new Set(words)];
}

const questions = await asked();
const whole = await look((real) => real);
const codes = ({ findings }: Report) => findings.map(({ code }) => code);

/** Without these two, nothing can be said about a host, and the look fails. */
const vital = /^read \/proc\/sys\/kernel\/(random\/boot_id|osrelease)$/;
/** Files that may be absent, read to learn whether a user is root and which netdev the operator came in through. */
const optional = /\/proc\/(self|\d+)\/(environ|stat|status)$/;

/** A missing Open vSwitch has been seen to be absent. */
function isNotInstalled(question: string, fault: Fault): boolean {
  const wrong = fault(question.split(' '));
  return (
    question.startsWith('query ovs-vsctl') && wrong instanceof HostError && wrong.details.kind === 'missing'
  );
}

type Fault = (ask: readonly string[]) => HostError | string | undefined;

const faults: { readonly [name: string]: Fault } = {
  'may not be read': (ask) => refused(ask, ask[0] === 'query' ? 'exit' : 'errno'),
  'gets no answer in time': (ask) => (ask[0] === 'query' ? refused(ask, 'timeout') : undefined),
  'has no such tool': (ask) => (ask[0] === 'query' ? refused(ask, 'missing') : undefined),
  'prints what nobody knows': (ask) => (ask[0] === 'query' ? '{"version":99}' : undefined),
};

function refused(argv: readonly string[], kind: 'exit' | 'errno' | 'timeout' | 'missing'): HostError {
  const about = { kind, host: 'alpha', argv };
  if (kind === 'errno') return new HostError({ ...about, errno: 'EACCES' });
  return new HostError(
    kind === 'exit' ? { ...about, exitCode: 1, stderr: 'Operation not permitted\n' } : about,
  );
}

test('the look asks its declared questions, all of them read-only', () => {
  expect(questions.length).toBeGreaterThan(60);
  expect(whole.unlooked).toEqual([]);
  for (const question of questions.filter((one) => one.startsWith('query ')))
    expect({ question, isReadOnly: isReadOnly(question.split(' ').slice(1)) }).toMatchObject({
      isReadOnly: true,
    });
});

describe.each(Object.entries(faults))('a question that %s', (_name, fault) => {
  const fitting = questions.filter(
    (question) => !vital.test(question) && fault(question.split(' ')) !== undefined,
  );
  test.each(fitting)('%s', async (question) => {
    const report = await look((real) =>
      readerOf(real, async (ask, answer) => {
        const wrong = ask.join(' ') === question ? fault(ask) : undefined;
        if (wrong instanceof HostError) throw wrong;
        return wrong === undefined ? answer() : { stdout: wrong, stderr: '' };
      }),
    );
    // Nothing is called wrong that a full look does not call wrong, except that vflane is not root.
    const known = new Set([...codes(whole), 'VF2006']);
    expect(codes(report).filter((code) => !known.has(code))).toEqual([]);
    // And what a rule needs is said to be unseen, unless the rules say the same without it.
    const isSame = codes(report).join() === codes(whole).join() || isNotInstalled(question, fault);
    if (!isSame && !optional.test(question))
      expect({ question, unseen: report.unlooked.length > 0 }).toMatchObject({ unseen: true });
  });
});

test('a host that cannot be reached ends the look, and is not a finding', async () => {
  const lost = look((real) =>
    readerOf(real, async (ask, answer) => {
      if (ask[0] === 'query') throw new HostError({ kind: 'lost', host: 'alpha', argv: ask });
      return answer();
    }),
  );
  await expect(lost).rejects.toMatchObject({ details: { kind: 'lost' } });
});
