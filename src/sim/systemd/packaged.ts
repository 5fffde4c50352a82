import { isInstalled } from '../packages.ts';
import type { SimState } from '../state.ts';

/** The folder of packages' units. */
export const packagedFolder = '/usr/lib/systemd/system';

/** Units that come with systemd: only those that others are ordered by. */
const base: { readonly [name: string]: string } = {
  'sysinit.target': `[Unit]
Description=System Initialization
Wants=local-fs.target swap.target systemd-modules-load.service systemd-sysctl.service systemd-udevd.service systemd-udev-trigger.service systemd-journald.service
After=local-fs.target swap.target
DefaultDependencies=no
`,
  'basic.target': `[Unit]
Description=Basic System
Requires=sysinit.target
Wants=sockets.target timers.target paths.target slices.target
After=sysinit.target sockets.target paths.target slices.target
`,
  'multi-user.target': `[Unit]
Description=Multi-User System
Requires=basic.target
Conflicts=rescue.target
After=basic.target rescue.target
AllowIsolate=yes
`,
  'graphical.target': `[Unit]
Description=Graphical Interface
Requires=multi-user.target
Conflicts=rescue.target
After=multi-user.target rescue.target
AllowIsolate=yes
`,
  'rescue.target':
    '[Unit]\nDescription=Rescue Mode\nRequires=sysinit.target\nAfter=sysinit.target\nAllowIsolate=yes\n',
  'local-fs.target': '[Unit]\nDescription=Local File Systems\nDefaultDependencies=no\n',
  'remote-fs.target': '[Unit]\nDescription=Remote File Systems\nAfter=network-online.target\n',
  'swap.target': '[Unit]\nDescription=Swaps\nDefaultDependencies=no\n',
  'sockets.target': '[Unit]\nDescription=Socket Units\n',
  'timers.target': '[Unit]\nDescription=Timer Units\n',
  'paths.target': '[Unit]\nDescription=Path Units\n',
  'slices.target': '[Unit]\nDescription=Slice Units\n',
  'shutdown.target': '[Unit]\nDescription=System Shutdown\nDefaultDependencies=no\nRefuseManualStart=yes\n',
  'network-pre.target': '[Unit]\nDescription=Preparation for Network\nRefuseManualStart=yes\n',
  'network.target': '[Unit]\nDescription=Network\nAfter=network-pre.target\nRefuseManualStart=yes\n',
  'network-online.target': '[Unit]\nDescription=Network is Online\nAfter=network.target\n',
  'systemd-journald.service': daemon('Journal Service', '/usr/lib/systemd/systemd-journald', ''),
  'systemd-modules-load.service': once(
    'Load Kernel Modules',
    '/usr/lib/systemd/systemd-modules-load',
    'Before=sysinit.target',
  ),
  'systemd-sysctl.service': once(
    'Apply Kernel Variables',
    '/usr/lib/systemd/systemd-sysctl',
    'After=systemd-modules-load.service\nBefore=sysinit.target',
  ),
  'systemd-udevd.service': daemon(
    'Rule-based Manager for Device Events and Files',
    '/usr/lib/systemd/systemd-udevd',
    'Before=sysinit.target',
  ),
  'systemd-udev-trigger.service': once(
    'Coldplug All udev Devices',
    'udevadm trigger --type=all --action=add --prioritized-subsystem=module,block,tpmrm,net,tty,input',
    'After=systemd-udevd.service\nBefore=sysinit.target',
  ),
  'systemd-udev-settle.service': once(
    'Wait for udev To Complete Device Initialization',
    'udevadm settle',
    'Wants=systemd-udevd.service\nAfter=systemd-udev-trigger.service\nBefore=sysinit.target',
  ),
  'ssh.service': `[Unit]
Description=OpenBSD Secure Shell server
After=network.target

[Service]
Type=notify
ExecStart=/usr/sbin/sshd -D
Restart=on-failure

[Install]
WantedBy=multi-user.target
Alias=sshd.service
`,
};

function once(description: string, program: string, unit: string): string {
  return `[Unit]\nDescription=${description}\nDefaultDependencies=no\n${unit}\n\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=${program}\n`;
}

function daemon(description: string, program: string, unit: string): string {
  return `[Unit]\nDescription=${description}\nDefaultDependencies=no\n${unit}\n\n[Service]\nType=notify\nExecStart=${program}\nRestart=always\n`;
}

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

const ofPackages: { readonly [name: string]: { readonly [unit: string]: string } } = {
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

/** systemd-networkd is part of Debian's systemd: present, but not enabled. */
const always = ['systemd-networkd'];

/** A packaged unit file's text; undefined if no installed package has it. */
export function packagedUnit(state: SimState, name: string): string | undefined {
  if (Object.hasOwn(base, name)) return base[name];
  for (const [pkg, units] of Object.entries(ofPackages)) {
    if (Object.hasOwn(units, name) && (always.includes(pkg) || isInstalled(state, pkg))) return units[name];
  }
  return undefined;
}

export function packagedUnits(state: SimState): readonly string[] {
  const others = Object.entries(ofPackages).filter(
    ([pkg]) => always.includes(pkg) || isInstalled(state, pkg),
  );
  return [...Object.keys(base), ...others.flatMap(([, units]) => Object.keys(units))];
}

/** Links that packages contain. */
export const packagedLinks: { readonly [path: string]: string } = {
  [`${packagedFolder}/default.target`]: 'multi-user.target',
  [`${packagedFolder}/sshd.service`]: 'ssh.service',
};

/** Units that Debian's packages enable when installed. */
const enabledByPackage: { readonly [pkg: string]: readonly string[] } = {
  'openvswitch-switch': ['openvswitch-switch.service'],
  'libvirt-daemon-system': ['libvirtd.service'],
  'network-manager': ['NetworkManager.service'],
  ifupdown: ['networking.service'],
};

const wantedBy = '/etc/systemd/system/multi-user.target.wants';

/** The links of the installed packages. */
export function linksOfPackages(state: SimState): SimState['links'] {
  const links: SimState['links'] = {
    [`${wantedBy}/ssh.service`]: `${packagedFolder}/ssh.service`,
    '/etc/systemd/system/sshd.service': `${packagedFolder}/ssh.service`,
  };
  for (const [pkg, units] of Object.entries(enabledByPackage)) {
    if (isInstalled(state, pkg))
      for (const unit of units) links[`${wantedBy}/${unit}`] = `${packagedFolder}/${unit}`;
  }
  return links;
}
