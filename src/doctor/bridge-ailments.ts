import { isUnseen } from '../model/unseen.ts';
import type { Ailment } from './ailment.ts';
import {
  linkNamed,
  listed,
  ovsOf,
  ovsPorts,
  portsOf,
  representorsOf,
  seenOf,
  setting,
  some,
} from './seen-parts.ts';

export const dpdkNotRunning: Ailment = {
  code: 'VF2123',
  costs: 'No port of type dpdk works, and no bridge of the userspace datapath reaches the wire.',
  source: 'facts §7.1, §13.10; sim-held against Debian’s daemons',
  texts: [
    'DPDK not supported in this copy of Open vSwitch.',
    'Cannot init EAL',
    'dpdk_initialized: false',
    'EAL: Error',
  ],
  find: ({ state }) => {
    const ovs = ovsOf(state);
    if (ovs?.settings['dpdk-init'] !== 'true' || ovs.dpdkInitialized) return [];
    const daemon = ovs.settings.alternative ?? 'Debian’s own choice';
    return [
      {
        message: 'dpdk-init is true, but the running daemon has no DPDK',
        evidence: [
          { read: 'ovs-vsctl get Open_vSwitch . other_config:dpdk-init', saw: 'true' },
          { read: 'ovs-vsctl get Open_vSwitch . dpdk_initialized', saw: 'false' },
          { read: 'update-alternatives --query ovs-vswitchd', saw: daemon },
        ],
        remedy: [
          'apt-get install openvswitch-switch-dpdk librte-net-mlx5-25 librte-mempool-ring25',
          'update-alternatives --set ovs-vswitchd /usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk',
          'systemctl restart openvswitch-switch',
        ],
        advice: 'Debian’s plain daemon only logs it; Debian 12’s packages end in 23 instead of 25:',
      },
    ];
  },
};

export const dpdkBeforeCard: Ailment = {
  code: 'VF2146',
  costs:
    'At the next boot the daemon looks at the card before its mode, LAG and VFs are there, and its ports fail.',
  source: 'facts §17 (Debian’s ovs-vswitchd starts before network.target)',
  texts: ['Error attaching device to DPDK after boot', 'works until the next reboot'],
  find: ({ state }) => {
    const dropIn = state.ovsStart?.dropIn;
    if (setting(state, 'dpdk-init') !== 'true' || dropIn === undefined || isUnseen(dropIn) || dropIn !== null)
      return [];
    if (!state.pfs.some(({ eswitch }) => seenOf(eswitch) === 'switchdev')) return [];
    return [
      {
        message: 'nothing makes ovs-vswitchd wait for the card at boot, and DPDK keeps what it saw first',
        evidence: [{ read: '/etc/systemd/system/ovs-vswitchd.service.d', saw: 'no drop-in of vflane’s' }],
        remedy: ['systemctl edit ovs-vswitchd   # [Unit] After=… the unit that sets the card up'],
        advice: 'vflane apply and vflane enable write it; by hand:',
      },
    ];
  },
};

export const openBridge: Ailment = {
  code: 'VF2143',
  costs:
    'A guest may send from any MAC and IP address, answer ARP for others, and act as router or DHCP server.',
  source: 'facts §17 (no anti-spoofing by itself)',
  texts: ['fail-mode standalone', 'guest sends with a forged MAC', 'spoofchk refused in switchdev'],
  find: ({ state }) => {
    const reps = new Set(representorsOf(state).map(({ name }) => name));
    const open = (ovsOf(state)?.bridges ?? []).filter(
      ({ failMode, ports }) =>
        failMode !== 'secure' &&
        ports.some(
          (port) => reps.has(port.name) || (port.options['dpdk-devargs'] ?? '').includes('representor='),
        ),
    );
    if (open.length === 0) return [];
    return [
      {
        at: listed(open.map(({ name }) => name)),
        message: `${listed(open.map(({ name }) => name))} forwards whatever its guests send: it has their VFs as ports, but no rules`,
        evidence: open.map(({ name, failMode }) => ({
          read: `ovs-vsctl get-fail-mode ${name}`,
          saw: failMode || 'standalone (unset)',
        })),
        remedy: ['vflane plan'],
        advice:
          'vflane’s bridges are fail-mode=secure, with flows for each guest (docs/ovs-tc.md); let vflane make it, or write such flows.',
      },
    ];
  },
};

export const flowsLost: Ailment = {
  code: 'VF2145',
  costs: 'The bridge forwards nothing.',
  source: 'facts §17 (OpenFlow flows are not in OVSDB)',
  texts: ['flows are gone after a restart of ovs-vswitchd', 'NXST_FLOW reply (xid=0x4): empty'],
  find: ({ state }) => {
    const empty = (ovsOf(state)?.bridges ?? []).filter(({ failMode, flows, externalIds }) => {
      const seen = seenOf(flows);
      const isOurs = Object.keys(externalIds).some((key) => key.startsWith('vflane-'));
      return isOurs && failMode === 'secure' && seen?.length === 0;
    });
    if (empty.length === 0 || ovsOf(state)?.daemon === false) return [];
    return [
      {
        at: listed(empty.map(({ name }) => name)),
        message: `${listed(empty.map(({ name }) => name))} has no flows, and without them it forwards nothing (fail-mode=secure)`,
        evidence: empty.map(({ name }) => ({ read: `ovs-ofctl dump-flows ${name}`, saw: 'none' })),
        remedy: ['vflane apply'],
        advice: 'ovs-vswitchd was started without what restores them:',
      },
    ];
  },
};

export const localUp: Ailment = {
  code: 'VF2141',
  costs:
    'A tenant can inject into another network: a datagram to UDP 4789 at the bridge’s own MAC passes for a tunnel’s.',
  source: 'facts §17 (the kernel’s socket for UDP 4789 is a wildcard)',
  texts: ['ip link set dev br-vxlan up', 'LOCAL port of a tenant bridge is up'],
  find: ({ state }) => {
    const tenant = (ovsOf(state)?.bridges ?? []).filter(
      ({ datapathType, ports }) => datapathType !== 'netdev' && ports.some(({ type }) => type === 'vxlan'),
    );
    const up = tenant.filter(({ name }) => linkNamed(state, name)?.up);
    if (up.length === 0) return [];
    return [
      {
        at: listed(up.map(({ name }) => name)),
        message: `the host itself listens on ${listed(up.map(({ name }) => name))}, where tenants’ frames pass`,
        evidence: up.map(({ name }) => ({
          read: `ip link show ${name}`,
          saw: `UP${(linkNamed(state, name)?.addresses ?? []).map((cidr) => `, ${cidr}`).join('')}`,
        })),
        remedy: up.map(({ name }) => `ip link set dev ${name} down`),
      },
    ];
  },
};

export const ipv6OnPorts: Ailment = {
  code: 'VF2142',
  costs:
    'The host’s sshd is reachable by fe80:: from a guest, and a guest’s router advertisement is believed.',
  source: 'facts §17 (IPv6 off on bridges and representors)',
  texts: ['fe80:: on a representor', 'router advertisement from a guest'],
  find: ({ state }) => {
    const all = seenOf(state.ipv6 ?? undefined);
    const inBridges = new Set(ovsPorts(state).map(({ port }) => port.name));
    const open = Object.entries(all ?? {}).filter(
      ([name, on]) => on === true && inBridges.has(name) && linkNamed(state, name)?.up,
    );
    if (open.length === 0) return [];
    const names = open.map(([name]) => name);
    return [
      {
        at: some(names),
        message: `the host has IPv6 on ${some(names)}, where tenants’ frames come in`,
        evidence: names
          .slice(0, 4)
          .map((name) => ({ read: `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, saw: '0' })),
        remedy: names.slice(0, 8).map((name) => `sysctl -w net.ipv6.conf.${name}.disable_ipv6=1`),
      },
    ];
  },
};

/** A bridge of the kernel datapath that has one of the card’s own ports: failover is then not the LAG's. */
export const portInBridge: Ailment = {
  code: 'VF2167',
  costs: 'What the bridge sends leaves only by that port; when it dies, the bridge is cut off.',
  source: 'facts §7.3 (canonical VF-LAG topology)',
  texts: [
    'devices are both uplink, can’t offload forwarding',
    "devices are both uplink, can't offload forwarding",
    'devices are not on same switch HW, can’t offload forwarding',
  ],
  find: ({ state }) => {
    const ports = portsOf(state).map(({ link }) => link.name);
    const taken = ovsPorts(state).filter(
      ({ bridge, port }) => bridge.datapathType !== 'netdev' && ports.includes(port.name),
    );
    if (taken.length === 0 || ports.length < 2) return [];
    return [
      {
        at: taken.map(({ bridge, port }) => `${bridge.name}/${port.name}`).join(', '),
        message: `${listed(taken.map(({ port }) => port.name))} is a port of ${taken[0]?.bridge.name} by itself, not as a member of a bond`,
        evidence: taken.map(({ bridge, port }) => ({
          read: `ovs-vsctl port-to-br ${port.name}`,
          saw: bridge.name,
        })),
        remedy: taken.map(({ bridge, port }) => `ovs-vsctl del-port ${bridge.name} ${port.name}`),
        advice:
          'Bond both ports in the kernel, and give the bond the tunnel address (or the bridge the bond):',
      },
    ];
  },
};
