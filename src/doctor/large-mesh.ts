import { finding } from '../model/catalogue.ts';
import { placeOf, type Rule } from './rule.ts';

/** Each host has a tunnel to each other: n × (n − 1) of them, and a copy of every broadcast on each. */
const largestMesh = 16;

export const largeMesh: Rule = (examined) => {
  const tunnels = (examined.spec.overlay?.bridges ?? []).map(({ tunnels: all }) => all.length);
  const most = Math.max(0, ...tunnels);
  if (most < largestMesh) return [];
  return [
    finding(
      'VF2034',
      placeOf(examined, 'guests'),
      `${examined.host.name}: a network spans ${most + 1} hosts, and each sends every broadcast to all others`,
      'Above 16 hosts use a control plane that knows who is where, such as OVN or EVPN.',
    ),
  ];
};
