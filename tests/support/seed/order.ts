import type { Datapath } from '../../../src/model/fabric.ts';

/** In the plan of one datapath every line of the first form comes before every line of the second. */
export interface Rule {
  readonly on: readonly Datapath[];
  readonly early: RegExp;
  readonly late: RegExp;
  readonly why: string;
}

const overlays = ['ovs-tc', 'ovs-dpdk'] as const;
const all = ['legacy-vlan', ...overlays] as const;

/** The order that the kernel, the card and Open vSwitch require, whoever types. */
export const rules: readonly Rule[] = [
  {
    on: all,
    early: /> \S+sriov_drivers_autoprobe$/,
    late: /> \S+sriov_numvfs$/,
    why: 'else the host probes every new VF (facts §3.3)',
  },
  {
    on: all,
    early: /^modprobe vfio_pci$/,
    late: /> \S+drivers_probe$/,
    why: 'a VF cannot be bound to a driver that is not there',
  },
  {
    on: all,
    early: /> \S+sriov_numvfs$/,
    late: / vf \d+ | > \S+driver_override$/,
    why: 'all that is on a VF needs the VF',
  },
  {
    on: all,
    early: / vf \d+ (mac|vlan|spoofchk) /,
    late: /> \S+drivers_probe$/,
    why: 'nothing is sent through a VF before its fate is settled',
  },
  {
    on: all,
    early: /^ip link set dev enp3s0f\dnp\d mtu /,
    late: /> \S+sriov_numvfs$/,
    why: 'a change of the PF’s MTU resets igb’s VFs (facts §17)',
  },
  {
    on: overlays,
    early: /^devlink dev eswitch set \S+ mode switchdev$/,
    late: /> \S+sriov_numvfs$/,
    why: 'the firmware refuses the mode while a VF is bound (facts §2.1)',
  },
  {
    on: overlays,
    early: /^devlink dev eswitch set \S+ mode switchdev$/,
    late: /^ethtool -L /,
    why: 'the change of mode leaves one channel (facts §5)',
  },
  {
    on: overlays,
    early: /^ip link set dev enp3s0f0np0 down$/,
    late: /^ip link set dev enp3s0f0np0 master bond0$/,
    why: 'bonding takes no member that is up (facts §5)',
  },
  {
    on: overlays,
    early: /^ip link set dev enp3s0f1np1 down$/,
    late: /^ip link set dev enp3s0f1np1 master bond0$/,
    why: 'bonding takes no member that is up (facts §5)',
  },
  {
    on: overlays,
    early: /^ip link set dev \S+ master bond0$/,
    late: /^ip link set dev bond0 mtu /,
    why: 'a member is given the bond’s MTU, so that the bond’s counts in the end (facts §5)',
  },
  {
    on: overlays,
    early: /^ip link set dev \S+ master bond0$/,
    late: /^wait until \S+\/lag\/(state|type) /,
    why: 'the bond is what the card makes its LAG of',
  },
  {
    on: overlays,
    early: /^wait until \S+\/lag\/(state|type) /,
    late: /> \S+(sriov_numvfs|drivers_probe)$/,
    why: 'the firmware makes no LAG while a VF is bound (facts §1.2)',
  },
  {
    on: overlays,
    early: /> \S+sriov_numvfs$/,
    late: /^ip link set dev (vm|bench)-\w+ mtu \d+ up$/,
    why: 'a representor is there only once its VF is',
  },
  {
    on: overlays,
    early: /^ip addr replace \S+ dev (bond0|br-phy)$/,
    late: /^ovs-vsctl set Interface to-beta-/,
    why: 'a tunnel leaves by its address',
  },
  {
    on: overlays,
    early: /other_config:(hw-offload|dpdk-init|dpdk-extra)=|^update-alternatives/,
    late: /^systemctl restart openvswitch-switch/,
    why: 'they count only from the next start of the daemon (facts §7.1)',
  },
  {
    on: overlays,
    early: /^systemctl restart openvswitch-switch/,
    late: /^ovs-vsctl add-br |^ovs-ofctl /,
    why: 'a start of the daemon forgets all flows (facts §17)',
  },
  {
    on: overlays,
    early: /^ovs-vsctl add-br br-storage$/,
    late: /^ovs-vsctl add-port br-storage /,
    why: 'a port needs its bridge',
  },
  {
    on: ['ovs-dpdk'],
    early: /nr_hugepages$|> \S+sriov_numvfs$|^rdma dev set /,
    late: /^systemctl restart openvswitch-switch/,
    why: 'DPDK takes its memory, its representors and its RDMA device when it starts (facts §0b, §7.1)',
  },
  {
    on: ['legacy-vlan'],
    early: /^ip -n bench link set dev storage-p\d down$/,
    late: /^ip -n bench link set dev storage up$/,
    why: 'the guest’s bond is no other',
  },
  {
    on: ['legacy-vlan'],
    early: /^ip -n bench link set dev storage mtu /,
    late: /^ip -n bench link set dev storage-p\d master storage$/,
    why: 'a member is given the bond’s MTU (facts §5), and the driver of one that is up begins anew for it',
  },
];

/** Kinds of step that the plan has elsewhere than the log, and why it may. All others are in the log’s order. */
export const moved: { readonly [datapath in Datapath]: { readonly [kind: string]: string } } = {
  'legacy-vlan': {
    module: 'a module can be loaded at any time',
    'sriov-drivers-autoprobe': 'it is what makes the log’s unbind needless, so it comes before the VFs',
    'pf-mtu': 'a change of the PF’s MTU resets igb’s VFs, so it comes before them (facts §17)',
  },
  'ovs-tc': {
    module: 'a module can be loaded at any time',
    'sriov-drivers-autoprobe': 'it is what makes the log’s unbind needless, so it comes before the VFs',
    channels: 'right after the change of mode that takes them; the log has them in its notes at the end',
    'pf-mtu': 'before the VFs (facts §17), and the bond’s own counts in the end (facts §5)',
    'host-bond': 'the bond has its MTU before anything stands on it; the log set it last',
    'underlay-address': 'a tunnel’s address is needed by the tunnels only, and they come after it',
    representor: 'its MTU and its link are set before it is a port, so that no frame meets a half-made one',
    'vf-driver': 'what a VF sends goes nowhere before its representor is a port of a bridge that has flows',
  },
  'ovs-dpdk': {
    module: 'a module can be loaded at any time',
    'sriov-drivers-autoprobe': 'it is what makes the log’s unbind needless, so it comes before the VFs',
    'pf-mtu': 'before the VFs (facts §17), and the bond’s own counts in the end (facts §5)',
    'pf-up': 'a LAG can be asked for its mapping only while its ports are up',
    'host-bond': 'the bond has its MTU before anything stands on it; the log brought it up last',
    hugepages: 'needed by the start of the daemon only, and that comes after it',
    'ovs-setting':
      'the daemon probes representors when it starts, so LAG and VFs are there first (facts §17)',
    representor: 'it is up before it is a port, so that no frame meets a half-made one',
    bridge:
      'a network’s bridge forwards nothing before it has flows, so that it may be there before the underlay’s',
    'underlay-link': 'a bridge has to be up before it can have routes',
    'vf-driver': 'what a VF sends goes nowhere before its representor is a port of a bridge that has flows',
  },
};
