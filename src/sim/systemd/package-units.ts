const ovsctl = '/usr/share/openvswitch/scripts/ovs-ctl';

/** Debian's, as openvswitch-switch 3.1 and 3.5 ship them. */
const openvswitch: { readonly [name: string]: string } = {
  'openvswitch-switch.service': `[Unit]
Description=Open vSwitch
Before=network.target
After=network-pre.target ovsdb-server.service ovs-vswitchd.service
PartOf=network.target
Requires=ovsdb-server.service
Requires=ovs-vswitchd.service

[Service]
Type=oneshot
ExecStart=/bin/true
ExecReload=/usr/share/openvswitch/scripts/ovs-systemd-reload
ExecStop=/bin/true
RemainAfterExit=yes

[Install]
WantedBy=multi-user.target
`,
  'ovs-vswitchd.service': `[Unit]
Description=Open vSwitch Forwarding Unit
After=ovsdb-server.service network-pre.target systemd-udev-settle.service
Before=network.target networking.service
Requires=ovsdb-server.service
ReloadPropagatedFrom=ovsdb-server.service
AssertPathIsReadWrite=/var/run/openvswitch/db.sock
PartOf=openvswitch-switch.service
DefaultDependencies=no

[Service]
LimitNOFILE=1048576
Type=forking
Restart=on-failure
Environment=HOME=/var/run/openvswitch
EnvironmentFile=-/etc/default/openvswitch-switch
ExecStart=${ovsctl} \\
          --no-ovsdb-server --no-monitor --system-id=random \\
          --no-record-hostname \\
          start $OVS_CTL_OPTS
ExecStop=${ovsctl} --no-ovsdb-server stop
ExecReload=${ovsctl} --no-ovsdb-server \\
          --no-monitor --system-id=random \\
          --no-record-hostname \\
          restart $OVS_CTL_OPTS
TimeoutSec=300
OOMScoreAdjust=-900
`,
  'ovsdb-server.service': `[Unit]
Description=Open vSwitch Database Unit
After=systemd-journald.socket network-pre.target dpdk.service local-fs.target
Before=network.target networking.service
PartOf=openvswitch-switch.service
DefaultDependencies=no

[Service]
LimitNOFILE=1048576
Type=forking
Restart=on-failure
EnvironmentFile=-/etc/default/openvswitch-switch
ExecStart=${ovsctl} \\
          --no-ovs-vswitchd --no-monitor --system-id=random \\
          --no-record-hostname \\
          start $OVS_CTL_OPTS
ExecStop=${ovsctl} --no-ovs-vswitchd stop
RuntimeDirectory=openvswitch
RuntimeDirectoryMode=0755
RuntimeDirectoryPreserve=yes
OOMScoreAdjust=-900
`,
};

/** By package. */
export const packageUnits: { readonly [name: string]: { readonly [unit: string]: string } } = {
  'openvswitch-switch': openvswitch,
  'libvirt-daemon-system': {
    'libvirtd.service': `[Unit]
Description=libvirt legacy monolithic daemon
Before=libvirt-guests.service
After=network.target
Documentation=man:libvirtd(8)

[Service]
Type=notify
ExecStart=/usr/sbin/libvirtd $LIBVIRTD_ARGS
Restart=on-failure
KillMode=process

[Install]
WantedBy=multi-user.target
`,
  },
  'network-manager': {
    'NetworkManager.service': `[Unit]
Description=Network Manager
Wants=network.target
After=network-pre.target dbus.service
Before=network.target

[Service]
Type=dbus
BusName=org.freedesktop.NetworkManager
ExecStart=/usr/sbin/NetworkManager --no-daemon
Restart=on-failure

[Install]
WantedBy=multi-user.target
`,
  },
  'systemd-networkd': {
    'systemd-networkd.service': `[Unit]
Description=Network Configuration
DefaultDependencies=no
After=systemd-udevd.service network-pre.target systemd-sysctl.service
Before=network.target multi-user.target
Wants=network.target

[Service]
Type=notify
ExecStart=/usr/lib/systemd/systemd-networkd
Restart=on-failure

[Install]
WantedBy=multi-user.target
`,
  },
  ifupdown: {
    'networking.service': `[Unit]
Description=Raise network interfaces
DefaultDependencies=no
Wants=network.target
After=local-fs.target network-pre.target systemd-sysctl.service systemd-modules-load.service
Before=network.target network-online.target

[Service]
Type=oneshot
ExecStart=/sbin/ifup -a --read-environment
ExecStop=/sbin/ifdown -a --read-environment --exclude=lo
RemainAfterExit=yes

[Install]
WantedBy=multi-user.target
WantedBy=network-online.target
`,
  },
};
