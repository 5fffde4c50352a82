import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { OvsBridge, OvsPort } from '../model/ovs-state.ts';
import { isUnseen } from '../model/unseen.ts';
import { foreignBridges } from './road.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/**
 * A bridge of somebody else's that has the card's representors, or one end of a tunnel that the file asks for. OVSDB
 * outlives a boot and the VFs, and takes a representor back by its name as soon as there is one (facts §13.12).
 */
export const foreignOverlay: Rule = (examined) =>
  examined.spec.overlay === undefined
    ? []
    : foreignBridges(examined.state).flatMap((bridge) => [
        ...representorsOn(examined, bridge),
        ...tunnelsOn(examined, bridge),
      ]);

function representorsOn(examined: Examined, { name, ports }: OvsBridge): readonly Finding[] {
  const { links } = examined.state;
  if (isUnseen(links)) return [];
  const isRepresentor = (port: OvsPort) =>
    links.some((link) => link.name === port.name && /^(c\d+)?pf\d+vf\d+$/.test(link.physPortName ?? ''));
  const theirs = ports.filter(isRepresentor).map((port) => port.name);
  if (theirs.length === 0) return [];
  const remedy = theirs.map((port) => `ovs-vsctl del-port ${name} ${port}`).join('; ');
  return [bridgeFinding(examined, name, `representors of the card’s VFs: ${theirs.join(', ')}`, remedy)];
}

/** Open vSwitch has a tunnel once for each pair of ends and VNI (ofproto/tunnel.c). */
function tunnelsOn(examined: Examined, { name, ports }: OvsBridge): readonly Finding[] {
  const { overlay } = examined.spec;
  const wanted = (overlay?.bridges ?? []).flatMap(({ vni, tunnels }) =>
    tunnels.map(({ remote }) => `${vni} ${remote}`),
  );
  return ports
    .filter(({ type, options }) => type === 'vxlan' && wanted.includes(`${options.key} ${options.remote_ip}`))
    .map((port) =>
      bridgeFinding(
        examined,
        name,
        `a tunnel with VNI ${port.options.key} to ${port.options.remote_ip}: ${port.name}`,
        `ovs-vsctl del-port ${name} ${port.name}`,
      ),
    );
}

function bridgeFinding(examined: Examined, bridge: string, what: string, remedy: string): Finding {
  return finding(
    'VF2049',
    placeOf(examined, 'nic'),
    `${examined.host.name}: the bridge ${bridge}, which vflane did not make, has ${what}`,
    `If nothing uses it there: ${remedy}.`,
  );
}
