import { createHash } from 'node:crypto';
import { guestPaths, guestTemplate } from '../model/guest-paths.ts';
import { execLine } from './exec-line.ts';
import { powerDownS } from './power-script.ts';

/** The longest that pinning a guest's memory may take, in seconds: VFIO pins all of it (facts §10). */
export const startS = 170;
/** Longer than the guest's own time, and then it is ended. */
export const stopS = powerDownS + 20;

const of = guestPaths('%i');

/**
 * The unit of which every guest is an instance. It has started once QEMU answers, and failed where QEMU ends before; a guest
 * gets the VFIO groups, KVM and its tap, and of the host's files only its own to write.
 */
export const templateText = `# Written by vflane, and taken away with the last of its guests.
[Unit]
Description=Guest %i of vflane
# It starts after what carries its packets, and stops before.
After=vflane-boot.service openvswitch-switch.service
RequiresMountsFor=${of.folder}

[Service]
Type=exec
RuntimeDirectory=vflane/guests/%i
RuntimeDirectoryMode=0700
ExecStart=/bin/false
ExecStartPost=/usr/bin/perl ${guestTemplate.power} up ${of.qmp} ${startS}
ExecStop=/usr/bin/perl ${guestTemplate.power} down ${of.qmp} ${powerDownS}
TimeoutStartSec=${startS + 5}
TimeoutStopSec=${stopS}
KillMode=mixed
LimitMEMLOCK=infinity
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_IPC_LOCK CAP_DAC_READ_SEARCH
ProtectSystem=strict
ReadWritePaths=${of.folder}
ProtectHome=read-only
PrivateTmp=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
DevicePolicy=closed
DeviceAllow=/dev/kvm rw
DeviceAllow=/dev/vfio/vfio rw
DeviceAllow=char-vfio rw
DeviceAllow=/dev/net/tun rw
DeviceAllow=/dev/vhost-net rw

[Install]
WantedBy=multi-user.target
`;

/** What makes an instance of the template one guest. `cpus`: as the kernel lists them, where it has to stay on some. */
export function dropInText(argv: readonly string[], cpus: string | undefined): string {
  const body = [
    '[Service]',
    ...(cpus === undefined ? [] : [`CPUAffinity=${cpus}`]),
    // A list of commands is emptied by an empty one (systemd.service(5)).
    'ExecStart=',
    `ExecStart=${execLine(argv)}`,
    '',
  ].join('\n');
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return `# Written by vflane: what guest this is.\n${marked}${digest}\n${body}`;
}

const marked = '# definition ';

/** The line of a drop-in that no other definition has: with it the file is known, though addresses of VFs stand in it. */
export function definitionLine(dropIn: string): string {
  return dropIn.split('\n').find((line) => line.startsWith(marked)) ?? '';
}
