import type { Cell, IsolationResult } from '../measure/isolation-result.ts';
import { escaped } from './chart.ts';

/** The style of each verdict: good, bad, or proving nothing. */
const looks: { readonly [verdict in Cell['verdict']]: '' | 'kept' | 'leaked' } = {
  held: 'kept',
  carried: 'kept',
  leaked: 'leaked',
  silent: 'leaked',
  passes: '',
  untried: '',
};

/** Every pair of networks by every kind of frame; leaks that were expected are marked as such. */
export function isolationSection(result: IsolationResult & { readonly at?: string }): string {
  const { at, networks, attacks, guests, cells, provesNothing, partial } = result;
  const pairs = [...new Map(cells.map(({ from, to }) => [`${from}\n${to}`, { from, to }])).values()];
  const head = ['from, to', ...attacks].map((title) => `<th scope="col">${escaped(title)}</th>`).join('');
  const rows = pairs.map(({ from, to }) => {
    const columns = attacks.map((attack) =>
      cellText(cells.find((cell) => cell.from === from && cell.to === to && cell.attack === attack)),
    );
    const pair = from === to ? `within ${from}` : `${from} → ${to}`;
    return `<tr><td>${escaped(pair)}</td>${columns.join('')}</tr>`;
  });
  const doubts = [
    ...provesNothing,
    ...(partial === undefined ? [] : [`partial: ${partial}`]),
    ...(at === undefined ? [] : [`Tested at ${at}`]),
  ];
  return `<section><h2>Who can reach whom</h2>
<p>${networks.length} networks, ${guests.length} guests. Held: it was sent, and did not arrive. Carried: a network’s own traffic, which has to arrive. Passes: it arrived, and nothing was promised. Untried: it cannot be sent between these.${doubts.map((doubt) => ` ${escaped(doubt)}.`).join('')}</p>
<div class="scroll"><table class="matrix"><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return '<td>–</td>';
  const { verdict, arrived, expected } = cell;
  const why = [...arrived, ...(expected === undefined ? [] : [`expected: ${expected}`])].join('; ');
  const small = expected === undefined ? '' : '<small>as expected here</small>';
  return `<td class="${looks[verdict]}" title="${escaped(why)}">${verdict}${small}</td>`;
}
