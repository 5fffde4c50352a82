import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import { isUnseen } from '../model/unseen.ts';
import { type Examined, placeOf, type Rule } from './rule.ts';

/** Debian's unit for both daemons. */
const start = 'systemctl start openvswitch-switch';

/** Open vSwitch has three ways of not being there: no package, no database server, no forwarding daemon. */
export const ovsMissing: Rule = (examined) => {
  const { ovs } = examined.state;
  if (ovs === undefined) return [];
  if (!isUnseen(ovs)) return ovs.daemon === false ? daemonStopped(examined) : [];
  if (ovs.lacks === 'service') {
    return [
      hostFinding(
        examined,
        'VF2050',
        ovs.unseen,
        `Start it: ${start}. If it does not start, see why: ${logs}.`,
      ),
    ];
  }
  const install = `Install it: apt-get install ${packages(examined)}; ${start}.`;
  const look = `See what it says on the host: ovs-vsctl show; ${logs}.`;
  return [hostFinding(examined, 'VF2033', ovs.unseen, ovs.lacks === 'program' ? install : look)];
};

const logs = 'journalctl -b -u ovsdb-server -u ovs-vswitchd';

/** With DPDK it exits if there are no hugepages, and the plan that makes them starts it again. */
function daemonStopped(examined: Examined): readonly Finding[] {
  if (examined.spec.overlay?.dpdk !== undefined) return [];
  const why = 'ovsdb-server answers, but ovs-vswitchd does not run: no bridge of this host forwards anything';
  return [
    hostFinding(examined, 'VF2051', why, `Start it: ${start}. If it does not start, see why: ${logs}.`),
  ];
}

function packages({ spec }: Examined): string {
  return spec.overlay?.dpdk !== undefined
    ? 'openvswitch-switch openvswitch-switch-dpdk'
    : 'openvswitch-switch';
}

function hostFinding(examined: Examined, code: string, what: string, hint: string): Finding {
  return finding(code, placeOf(examined, 'datapath'), `${examined.host.name}: ${what}`, hint);
}
