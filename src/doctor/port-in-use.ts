import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { UnderlaySpec } from '../model/host-spec.ts';
import type { LinkState } from '../model/host-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { withoutOwn } from './own-address.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/**
 * A port of a host without a card that the host itself uses: in a bond its address is stranded, and once Open vSwitch has
 * the port, the host no longer hears anything there.
 */
export const portInUse: Rule = (examined) => {
  const { spec, state, ledger } = examined;
  if (spec.underlay === undefined || isUnseen(state.links)) return [];
  const ports = givenAway(spec.underlay);
  return state.links
    .filter(({ name, master }) => ports.includes(name) && master === undefined)
    .map((link) => withoutOwn(link, ledger))
    .filter(({ name, addresses }) => addresses.length > 0 || name === state.session)
    .map((link) => used(examined, link));
};

function givenAway({ bond, bridge, ports }: UnderlaySpec): readonly string[] {
  return [...(bond?.members ?? []), ...(bridge ? ports : [])];
}

function used(examined: Examined, { name, addresses }: LinkState): Finding {
  const { host, spec, state } = examined;
  const to = spec.underlay?.bridge ? 'Open vSwitch, after which the host hears nothing on it' : 'a bond';
  const has = addresses.length > 0 ? `carries ${addresses.join(', ')}` : 'is how you are connected';
  const remedy = addresses.map((address) => `ip addr del ${address} dev ${name}`).join('; ');
  const free = addresses.length > 0 && name !== state.session ? ` If nothing needs it: ${remedy}.` : '';
  return finding(
    'VF2064',
    placeOf(examined, 'underlay', 'ports'),
    `${host.name}: ${name} ${has}, but is to belong to ${to}`,
    `Name ports that the host itself does not use, or move its address to another netdev.${free}`,
  );
}
