/** Units that come with systemd: only those that others are ordered by. */
export const baseUnits: { readonly [name: string]: string } = {
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
