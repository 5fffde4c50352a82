import { approachOf } from '../measure/export-text.ts';
import { figuresOf } from '../measure/figures.ts';
import { hasInterval } from '../measure/median.ts';
import type { BenchRun, RunEnd, Said } from '../measure/run-record.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { numberText } from './bars.ts';
import { escaped } from './chart.ts';

/** One benchmark: what was measured, on what, and what moved the packets; its charts go in between. */
export function runSection(run: BenchRun, at: number, charts: string): string {
  const { id, state, because, forwarding, ends, suite, cpus } = run;
  const marks = [
    `<span class="mark ${forwarding.by}">${forwarding.by === 'card' ? 'hardware' : 'software'}</span>`,
    ...(state === 'complete' ? [] : [`<span class="mark partial">partial</span>`]),
  ];
  const pinned = cpus.length > 0 ? `, pinned to CPUs ${cpus.join(', ')}` : '';
  return `<section id="${escaped(id)}"><h2>${at + 1}: ${escaped(approachOf(run))}${marks.join('')}</h2>
<p>${escaped(id)}: ${escaped(ends[0].name)} on ${escaped(ends[0].host)} to ${escaped(ends[1].name)} on ${escaped(ends[1].host)}; suite ${suite.name}, ${suite.runs} runs of ${suite.seconds} s${pinned}. Forwarded by ${forwarding.by === 'card' ? 'the card' : 'software'}: ${escaped(forwarding.proof)}.${because === undefined ? '' : ` Partial: ${escaped(because)}.`}</p>
${figureTable(run)}${charts}
<details><summary>What it was measured on</summary>${ends.map(endText).join('')}</details></section>`;
}

function figureTable(run: BenchRun): string {
  const titles = [
    'Figure',
    'Median',
    '95 % interval',
    'n',
    'of the wire',
    'of the slot',
    'Retransmits',
    'Busy cores',
  ];
  const rows = figuresOf(run).map(({ key, unit, median, wireLimit, slotLimit, retransmits, busy }) => [
    key,
    `${numberText(median.median)} ${unit}`,
    hasInterval(median) ? `${numberText(median.low)} – ${numberText(median.high)}` : '–',
    `${median.n}`,
    share(median.median, wireLimit),
    share(median.median, slotLimit),
    retransmits === undefined ? '–' : `${retransmits}`,
    busy === undefined ? '–' : busy.map((cores) => cores.toFixed(1)).join(' + '),
  ]);
  const line = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table><thead>${line('th', titles)}</thead><tbody>${rows.map((row) => line('td', row)).join('')}</tbody></table></div>`;
}

function share(value: number, limit: number | undefined): string {
  return limit === undefined ? '–' : `${((100 * value) / limit).toFixed(1)} %`;
}

function endText({ name, host, address, before }: RunEnd): string {
  const { kernel, cpu, governor, iperf3, ovs, netdevs } = before;
  const rows: readonly (readonly [string, string])[] = [
    ['kernel', kernel],
    ['CPU', shown(cpu)],
    ['governor', shown(governor)],
    ['iperf3', shown(iperf3)],
    ['Open vSwitch', shown(ovs)],
    ...Object.entries(netdevs).flatMap(([netdev, seen]) => [
      [
        netdev,
        `${of(seen.driver, 'driver')} ${of(seen.driver, 'version')}, firmware ${of(seen.driver, 'firmware-version')}`,
      ] as const,
      [`${netdev} channels`, of(seen.channels, 'Combined')] as const,
      [`${netdev} rings`, `${of(seen.rings, 'RX')} and ${of(seen.rings, 'TX')}`] as const,
    ]),
  ];
  const list = rows.map(([key, value]) => `<dt>${escaped(key)}</dt><dd>${escaped(value)}</dd>`).join('');
  return `<h3>${escaped(name)} on ${escaped(host)}, ${escaped(address)}</h3><dl>${list}</dl>`;
}

function shown(seen: Seen<string>): string {
  return isUnseen(seen) ? 'unknown' : seen;
}

function of(said: Seen<Said>, key: string): string {
  return isUnseen(said) ? 'unknown' : (said[key] ?? 'none');
}
