import { describe, expect, test } from 'vitest';
import { exitCodes, firstEarned } from './exit-codes.ts';
import { type ColorChoice, makeOutput } from './output.ts';
import { printFindings } from './print-findings.ts';

function outputTo(
  isTTY: boolean,
  env: Record<string, string> = {},
  color: ColorChoice = 'auto',
  json = false,
) {
  const lines = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns: 60,
    write: (text: string) => {
      lines[name] += text;
    },
  });
  return { lines, output: makeOutput(sink('stdout'), sink('stderr'), { json, color, env }) };
}

describe('colours', () => {
  const red = '\u001b[31mx\u001b[39m';
  test.each([
    ['a terminal', true, {}, 'auto', red],
    ['a pipe', false, {}, 'auto', 'x'],
    ['NO_COLOR', true, { NO_COLOR: '1' }, 'auto', 'x'],
    ['an empty NO_COLOR', true, { NO_COLOR: '' }, 'auto', red],
    ['a dumb terminal', true, { TERM: 'dumb' }, 'auto', 'x'],
    ['--color=always', false, { NO_COLOR: '1' }, 'always', red],
    ['--color=never', true, {}, 'never', 'x'],
  ] as const)('%s', (_, isTTY, env, color, expected) => {
    expect(outputTo(isTTY, env, color).output.paint('red', 'x')).toBe(expected);
  });
});

test('--json keeps stdout to the object; the log goes to stderr all the same', () => {
  const { lines, output } = outputTo(false, {}, 'auto', true);
  output.result('text');
  output.log('working');
  output.stream('vflane.apply/1', { step: 1 });
  expect(lines).toEqual({ stdout: '{"schema":"vflane.apply/1","step":1}\n', stderr: 'working\n' });
});

describe('what somebody else has said', () => {
  const said = 'a\u001b]0;title\u0007b\u009b2Jc\u001b[8md\r\u007f\u202e\te\n';
  const shown = 'a\\u001b]0;title\\u0007b\\u009b2Jc\\u001b[8md\\u000d\\u007f\\u202e\te';

  test('moves no terminal’s cursor, in the result or in the log', () => {
    const { lines, output } = outputTo(true);
    output.result(said);
    output.text(said);
    output.log(output.paintLog('red', said));
    expect(lines).toEqual({
      stdout: `${shown}\\u000a\n${shown}\n\n`,
      stderr: `\u001b[31m${shown}\n\u001b[39m\n`,
    });
  });

  test('adds no line to the result: a bridge may be called what a verb would say', () => {
    const { lines, output } = outputTo(true);
    output.result('    br0\nalpha: verified: 2 ports');
    expect(lines.stdout).toBe('    br0\\u000aalpha: verified: 2 ports\n');
  });

  test('is the same in JSON, in letters', () => {
    const { lines, output } = outputTo(true, {}, 'auto', true);
    output.json('a/1', { said });
    output.stream('a/1', { said });
    output.jsonList('a/1', 'list').end({ said });
    expect(lines.stdout).not.toMatch(/[^\P{Cc}\n]/u);
    const [pretty = '', line = '', list = ''] = lines.stdout.split(/(?<=\n)(?=\{)/);
    for (const text of [pretty, line, list]) expect(JSON.parse(text)).toMatchObject({ said });
  });
});

describe('a finding on a terminal', () => {
  const finding = (line: number, col: number) => ({
    code: 'VF1002',
    severity: 'error' as const,
    where: { file: 'f.yaml', line, col, path: 'a' },
    message: 'm\u001b[2J',
    hint: 'h\nh',
  });

  test('shows the part of a long line that it is about, and nothing that moves the cursor', () => {
    const { lines, output } = outputTo(true, {}, 'never');
    const source = `first\n${'x'.repeat(500)}\u001b!${'y'.repeat(500)}\r\n`;
    printFindings([finding(2, 502)], { 'f.yaml': source }, output);
    const [headline, excerpt = '', caret = '', hint] = lines.stdout.split('\n');
    expect(headline).toBe('f.yaml:2:502: error VF1002 a: m\\u001b[2J');
    expect(excerpt[caret.indexOf('^')]).toBe('!');
    expect(excerpt).not.toContain('\u001b');
    expect(excerpt.length).toBeLessThanOrEqual(60);
    expect(hint).toBe('    hint: h\\u000ah');
  });

  test('at the end of the file points behind its last character', () => {
    const { lines, output } = outputTo(true, {}, 'never');
    printFindings([finding(1, 4)], { 'f.yaml': 'a: ' }, output);
    expect(lines.stdout.split('\n').slice(1, 3)).toEqual(['    a: ', '       ^']);
  });
});

describe('the exit code of several hosts', () => {
  test.each([
    [[0, 2, 9, 4, 7, 8, 5, 1, 6], exitCodes.rollbackIncomplete],
    [[0, 2, 9, 4, 7, 8, 5, 1], exitCodes.failed],
    [[0, 2, 9, 4, 7, 8, 5], exitCodes.rolledBack],
    [[0, 2, 9, 4, 7, 8], exitCodes.unreachable],
    [[0, 2, 9, 4, 7], exitCodes.lockedOrStale],
    [[0, 2, 9, 4], exitCodes.preconditionsNotMet],
    [[0, 2, 9], exitCodes.thresholdCrossed],
    [[0, 2], exitCodes.differs],
    [[0, 0], exitCodes.asAsked],
    [[], exitCodes.asAsked],
  ])('%j is %i', (codes, expected) => {
    expect(firstEarned(codes)).toBe(expected);
  });
  test('knows no host that earns 64', () => {
    expect(() => firstEarned([0, 64])).toThrow();
  });
});
