import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/** What a file may ask of an overlay and this version does not set up: said, and never left out in silence. */
export const overlayNotBuilt: Rule = (examined) => {
  const { fabric, host, spec } = examined;
  if (spec.overlay === undefined) return [];
  const { underlay, nic, guests } = host;
  const uplinks = fabric.networks.filter(({ uplink }) => uplink?.host === host.name);
  const stranded = guests.filter(
    ({ kind }) => nic.kind === 'software' && (kind === 'vm' || kind === 'external'),
  );
  return [
    ...uplinks.map(({ name }) => refused(examined, `the uplink of ${name} to a physical VLAN`, 'datapath')),
    ...(underlay?.vlan === undefined ? [] : [refused(examined, 'an underlay VLAN', 'underlay', 'vlan')]),
    ...(underlay?.routes.length ? [refused(examined, 'underlay routes', 'underlay', 'routes')] : []),
    ...(nic.kind === 'software' && underlay?.adopt === false
      ? [
          refused(
            examined,
            'an underlay address that the host does not bring itself (adopt: true)',
            'underlay',
          ),
        ]
      : []),
    ...stranded.map(({ name }) => refused(examined, `a VM without a card (${name})`, 'guests', name)),
  ];
};

function refused(examined: Examined, what: string, ...keys: readonly string[]): Finding {
  return finding(
    'VF2035',
    placeOf(examined, ...keys),
    `${examined.host.name}: ${what} is asked for, and is not built yet`,
    'Leave it out of the file, or set it up by hand.',
  );
}
