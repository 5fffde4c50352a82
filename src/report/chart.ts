import { BarChart, BoxplotChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsCoreOption, init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Theme } from './theme.ts';

use([
  BarChart,
  BoxplotChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  SVGRenderer,
]);

// There is no font to measure: DejaVu Sans is wide, so text that fits in it fits in any.
setPlatformAPI({
  measureText: (text, style) => {
    const size = Number(/(\d+(?:\.\d+)?)px/.exec(style ?? '')?.[1] ?? 12);
    return { width: text.length * size * 0.62 };
  },
});

/** A chart not drawn yet: one definition for the page and for the file, in light and in dark. */
export interface Chart {
  /** Its file's name, without the extension. */
  readonly name: string;
  readonly title: string;
  /** What it shows, in a sentence; also for those who cannot see it. */
  readonly says: string;
  readonly height: number;
  readonly option: (theme: Theme) => EChartsCoreOption;
}

export const chartWidth = 960;
// Single quotes: echarts puts it into an attribute as it is.
const font = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/** The chart as self-contained SVG. */
export function svgOf(chart: Chart, theme: Theme): string {
  const drawn = init(null, null, { renderer: 'svg', ssr: true, width: chartWidth, height: chart.height });
  const base = {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: font, color: theme.text },
  };
  drawn.setOption({ ...base, ...chart.option(theme) });
  const svg = drawn.renderToSVGString();
  drawn.dispose();
  return renamed(svg, `${chart.name}-${theme.name}`);
}

/** echarts numbers the names within charts per process; renames them, so that the same chart is the same text. */
function renamed(svg: string, own: string): string {
  const names = new Map<string, string>();
  return svg.replaceAll(/\bzr\d+-[\w-]+/g, (name) => {
    const known = names.get(name) ?? `${own}-${names.size}`;
    names.set(name, known);
    return known;
  });
}

/** The chart as a separate file, with a background and a sentence of what it shows. */
export function svgFileOf(chart: Chart, theme: Theme): string {
  const ground = `<title>${escaped(chart.title)}</title><rect width="100%" height="100%" fill="${theme.paper}"/>`;
  return svgOf(chart, theme).replace(/(<svg[^>]*>)/, `$1${ground}`);
}

export function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (sign) => names[sign] ?? sign);
}

/** An unobtrusive axis of numbers. */
export function valueAxis(theme: Theme, name: string, more: object = {}) {
  return {
    type: 'value',
    name,
    nameTextStyle: { color: theme.faint, fontSize: 12 },
    axisLabel: { color: theme.faint, fontSize: 12 },
    splitLine: { lineStyle: { color: theme.line } },
    axisLine: { show: false },
    axisTick: { show: false },
    ...more,
  };
}

/** An axis of names. */
export function nameAxis(theme: Theme, data: readonly string[], more: object = {}) {
  return {
    type: 'category',
    data: [...data],
    axisLabel: { color: theme.text, fontSize: 12.5 },
    axisLine: { lineStyle: { color: theme.line } },
    axisTick: { show: false },
    ...more,
  };
}

export function legendOf(theme: Theme, names: readonly string[]) {
  return {
    data: names.map((name) => ({ name, icon: 'roundRect' })),
    top: 0,
    left: 0,
    itemWidth: 14,
    itemHeight: 10,
    itemGap: 16,
    textStyle: { color: theme.text, fontSize: 12.5 },
  };
}

/** The next round number, as the end of an axis. */
export function roundedUp(value: number): number {
  const step = 10 ** Math.floor(Math.log10(value)) / 2;
  return Math.ceil(value / step) * step;
}
