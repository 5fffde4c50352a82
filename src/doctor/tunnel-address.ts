import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { LinkState } from '../model/host-state.ts';
import { ledgerKey } from '../model/ledger.ts';
import { isUnseen } from '../model/unseen.ts';
import { wireNames } from './road.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/** The address must not be elsewhere on the host than where the tunnels leave; an adopted one has to be there already. */
export const tunnelAddress: Rule = (examined) => {
  const { spec, state, host } = examined;
  if (spec.overlay === undefined || spec.underlay === undefined || isUnseen(state.links)) return [];
  const having = state.links.filter((link) => hasAddress(link, spec.overlay?.local ?? ''));
  return host.underlay?.adopt === true ? adopted(examined, state.links, having) : doubled(examined, having);
};

function hasAddress({ addresses }: LinkState, local: string): boolean {
  return addresses.some((cidr) => cidr.replace(/\/.*$/, '') === local);
}

/** On a port that becomes a member of the bond, it is a different finding (VF2044). */
function doubled(examined: Examined, having: readonly LinkState[]): readonly Finding[] {
  const { spec, state, host, ledger } = examined;
  const { underlay, overlay } = spec;
  if (!underlay) return [];
  const wire = wireNames(underlay, state);
  return having
    .filter(({ name }) => name !== underlay.netdev && !wire.includes(name))
    .filter(
      ({ name, addresses }) =>
        !addresses.some((cidr) => ledger?.entries.has(ledgerKey('underlay-address', `${name}/${cidr}`))),
    )
    .map(({ name, addresses }) => {
      const cidr = addresses.find((one) => one.startsWith(`${overlay?.local}/`));
      const message = `${host.name}: the tunnel address ${overlay?.local} is on ${name}, but is to be on ${underlay.netdev}`;
      const hint = `If it is not needed there: ip addr del ${cidr} dev ${name}. Else choose another address for the underlay.`;
      return finding('VF2057', placeOf(examined, 'underlay', 'address'), message, hint);
    });
}

function adopted(
  examined: Examined,
  links: readonly LinkState[],
  having: readonly LinkState[],
): readonly Finding[] {
  const { spec, host } = examined;
  const [carrier] = having;
  // vflane has to make the netdev first, and the host may give it the address then.
  const isYetToCome =
    spec.underlay?.netdev !== undefined && !links.some(({ name }) => name === spec.underlay?.netdev);
  if (carrier) return spec.underlay?.netdev === undefined ? tooSmall(examined, carrier) : [];
  if (isYetToCome) return [];
  return [
    finding(
      'VF2058',
      placeOf(examined, 'underlay', 'address'),
      `${host.name}: the tunnel address ${host.underlay?.address} is to be adopted, but no netdev of the host has it`,
      `Give it to the host (ip addr add ${host.underlay?.address} dev …), or correct the file.`,
    ),
  ];
}

/** Ethernet, VXLAN and UDP headers, and those of IP (facts §7.4). */
const headers = { v4: 14 + 8 + 8 + 20, v6: 14 + 8 + 8 + 40 };

function tooSmall(examined: Examined, { name, mtu }: LinkState): readonly Finding[] {
  const { fabric, host, spec } = examined;
  const here = new Set((spec.overlay?.bridges ?? []).map(({ network }) => network));
  const inner = Math.max(
    0,
    ...fabric.networks.filter((network) => here.has(network.name)).map((one) => one.mtu),
  );
  const header = spec.overlay?.local.includes(':') ? headers.v6 : headers.v4;
  if (inner === 0 || mtu >= inner + header) return [];
  return [
    finding(
      'VF2059',
      placeOf(examined, 'underlay', 'address'),
      `${host.name}: ${name}, which has the tunnel address, has an MTU of ${mtu}, but networks of ${inner} need ${inner + header} (${header} for the tunnel’s headers)`,
      `Raise it and the switches’: ip link set dev ${name} mtu ${inner + header}. Or give the networks an MTU of at most ${mtu - header}.`,
    ),
  ];
}
