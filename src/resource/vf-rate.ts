import { vfAttribute } from './vf-attribute.ts';

/** The most a VF may send, in Mb/s; 0 for no limit. */
export const vfRate = vfAttribute<number>({
  kind: 'vf-rate',
  noun: 'rate limits',
  fresh: 0,
  wanted: (vf) => vf.maxRateMbps,
  there: (admin) => admin.maxRateMbps,
  words: (mbps) => `max_tx_rate ${mbps}`,
  shown: (mbps) => ({ at: ['rate', 'max_tx'], is: mbps }),
  why: 'Limit what a guest may send, as the file asks.',
});
