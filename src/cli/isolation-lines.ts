import type { Cell, IsolationResult, Verdict } from '../measure/isolation-result.ts';
import type { Output, Style } from './output.ts';

const marks: { readonly [verdict in Verdict]: readonly [string, Style] } = {
  held: ['·', 'dim'],
  leaked: ['LEAK', 'red'],
  carried: ['ok', 'green'],
  silent: ['none', 'red'],
  passes: ['~', 'yellow'],
  untried: ['-', 'dim'],
};

const legend =
  '· held   ok its own traffic arrives   none it does not   ~ arrives, and nothing was promised   - cannot be tried   LEAK arrives, and must not';

/** A line for each pair of networks, a column for each kind of frame, and each leak once more with who and whom. */
export function matrixLines(result: IsolationResult, output: Output): readonly string[] {
  const { networks, attacks, cells, partial } = result;
  const pairs = networks.flatMap((from) => networks.map((to) => [from, to] as const));
  const width = Math.max(...pairs.map((pair) => pairText(...pair).length));
  const head = [' '.repeat(width), ...attacks].join('  ');
  const rows = pairs.map(([from, to]) => {
    const ofPair = attacks.map((attack) => {
      const cell = cells.find((one) => one.from === from && one.to === to && one.attack === attack);
      const [mark, style] = marks[cell?.verdict ?? 'untried'];
      return `${output.paint(style, mark)}${' '.repeat(Math.max(0, attack.length - mark.length))}`;
    });
    return [pairText(from, to).padEnd(width), ...ofPair].join('  ').trimEnd();
  });
  const marked = partial === undefined ? [] : [output.paint('yellow', `partial: ${partial}`)];
  return [head, ...rows, output.paint('dim', legend), ...marked];
}

function pairText(from: string, to: string): string {
  return from === to ? `within ${from}` : `${from} → ${to}`;
}

export function leakText({ from, to, attack, arrived, expected }: Cell): string {
  const some = arrived.slice(0, 3).join(', ');
  const more = arrived.length > 3 ? ` and ${arrived.length - 3} more` : '';
  const known = expected === undefined ? '' : `; to be expected here: ${expected}`;
  return `${attack} ${from === to ? `within ${from}` : `from ${from} to ${to}`} arrives: ${some}${more}${known}`;
}
