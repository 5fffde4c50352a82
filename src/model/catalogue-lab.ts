import type { CatalogueEntry } from './finding.ts';

/** VF5xxx: the lab. */
export const labFindings: readonly CatalogueEntry[] = [
  {
    code: 'VF5001',
    severity: 'error',
    title: 'The lab could not do that',
    explanation:
      'The lab boots real Debian kernels under QEMU, with an emulated SR-IOV card. It needs some tools, some space and free ports on loopback; the message says which is missing. Nothing that it started keeps running. `vflane lab down --purge` removes everything that it made in this folder; the image stays in the cache.',
  },
];
