import { numberText } from './bars.ts';
import { escaped } from './chart.ts';
import type { TableCell, TableRow } from './rows.ts';
import { seedCells } from './seed-figures.ts';

/** The seed's table in HTML: the reference first, then what was measured here. */
export function seedTable(rows: readonly TableRow[]): string {
  const titles = [
    ['Approach', ''],
    ...seedCells.map((cell) => [`iperf3/${cell}`, 'Gb/s'] as const),
    ['ping mean', 'µs'],
    ['ping mdev', 'µs'],
  ] as const;
  const head = titles.map(([title, unit]) => `<th scope="col">${title}<small>${unit}</small></th>`).join('');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.map(rowText).join('')}</tbody></table></div>`;
}

function rowText({ name, source, number, cells, impossible, pingMeanUs, pingMdevUs }: TableRow): string {
  const origin =
    number === undefined
      ? escaped(source)
      : `<a href="#${escaped(source)}">${number}: ${escaped(source)}</a>`;
  const columns = [
    `<td>${escaped(name)}<small>${origin}</small></td>`,
    ...seedCells.map((cell) => cellText(cells[cell], impossible?.[cell])),
    ...[pingMeanUs, pingMdevUs].map((us) => `<td>${us === undefined ? '–' : numberText(us)}</td>`),
  ];
  return `<tr>${columns.join('')}</tr>`;
}

function cellText(cell: TableCell | undefined, why?: string): string {
  if (cell === undefined)
    return why === undefined ? '<td>–</td>' : `<td>–<small>${escaped(why)}</small></td>`;
  const { value, low, high, limit } = cell;
  const interval =
    low === undefined || high === undefined ? [] : [`${numberText(low)} – ${numberText(high)}`];
  const share = limit === undefined ? [] : [`${((100 * value) / limit).toFixed(1)} % of the wire`];
  return `<td>${numberText(value)}<small>${[...share, ...interval].join('<br>')}</small></td>`;
}
