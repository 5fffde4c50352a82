import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { type Examined, placeOf } from './rule.ts';

/** Findings that a host's tunnels are not in hardware: every verb that concerns the host reports them. */
export const softwareCodes: ReadonlySet<string> = new Set(['VF2031', 'VF2062', 'VF2063']);

/** What the file itself keeps out of hardware; the host need not be asked. */
export function forwardsInSoftware(examined: Pick<Examined, 'fabric' | 'host' | 'spec'>): readonly Finding[] {
  const { host, spec } = examined;
  if (spec.overlay === undefined) return [];
  const isSoftware = host.nic.kind === 'software';
  if (!isSoftware && host.offload !== 'off') return [];
  const where = placeOf(examined, isSoftware ? 'nic' : 'offload');
  const why = isSoftware ? 'nic: software' : 'offload: off';
  return [
    finding(
      'VF2062',
      where,
      `${host.name}: every packet is forwarded by the host’s CPU, because the file says ${why}`,
      isSoftware
        ? 'For hardware, name a card with a switch of its own in `nic:`.'
        : 'For hardware, set offload: required or preferred.',
    ),
  ];
}
