/** Colours of a chart and of the page around it. Series have Okabe and Ito's, which colour-blind readers can tell apart. */
export interface Theme {
  readonly name: 'light' | 'dark';
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly ghost: string;
  readonly paper: string;
  readonly series: readonly string[];
  readonly good: string;
  readonly bad: string;
}

export const light: Theme = {
  name: 'light',
  text: '#1c2430',
  faint: '#5d6878',
  line: '#dfe4ea',
  ghost: '#eef1f5',
  paper: '#ffffff',
  series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b58900', '#56b4e9', '#6b5fb5', '#7a7a7a'],
  good: '#0b7a53',
  bad: '#b3261e',
};

export const dark: Theme = {
  name: 'dark',
  text: '#e6ebf2',
  faint: '#9aa7b8',
  line: '#323c4a',
  ghost: '#242d39',
  paper: '#161c24',
  series: ['#4aa8e0', '#f08a3c', '#3cc79a', '#e29fc5', '#e3c04a', '#8fd0f5', '#a79df0', '#b0b0b0'],
  good: '#4cc79a',
  bad: '#ff8a80',
};

/** The same approach has the same colour everywhere. */
export function colourOfDatapath(theme: Theme, datapath: 'legacy-vlan' | 'ovs-dpdk' | 'ovs-tc'): string {
  return colourOf(theme, ['legacy-vlan', 'ovs-dpdk', 'ovs-tc'].indexOf(datapath));
}

export function colourOf({ series }: Theme, at: number): string {
  return series[at % series.length] ?? '#888888';
}
