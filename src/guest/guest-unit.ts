import { createHash } from 'node:crypto';
import { guestPaths, guestTemplate } from '../model/guest-paths.ts';
import { execLine } from './exec-line.ts';
import { guestUser } from './guest-user.ts';
import { powerDownS } from './power-script.ts';

/** The longest that pinning a guest's memory may take, in seconds: VFIO pins all of it (facts §10). */
export const startS = 170;
/** Longer than the guest's own shutdown time; then it is killed. */
export const stopS = powerDownS + 20;

const of = guestPaths('%i');

/**
 * The template unit of the guests. An instance has started once QEMU answers, and failed if QEMU exits before that. QEMU
 * starts as root, because VFIO's groups are root's, and goes on as a user of its own (`run` of the power script). Whoever
 * breaks out of it has no capabilities, no socket of the host's to talk to, and only the guest's own disk to write.
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
UMask=0077
ExecStart=/bin/false
ExecStartPost=/usr/bin/perl ${guestTemplate.power} up ${of.qmp} ${startS}
ExecStop=/usr/bin/perl ${guestTemplate.power} down ${of.qmp} ${powerDownS}
TimeoutStartSec=${startS + 5}
TimeoutStopSec=${stopS}
KillMode=mixed
LimitMEMLOCK=infinity
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_IPC_LOCK CAP_DAC_READ_SEARCH CAP_SETUID CAP_SETGID
# QEMU makes a filter of its own, and asks first whether it may (systemd 252 does not count that to the rest).
SystemCallFilter=@system-service seccomp
SystemCallErrorNumber=EPERM
SystemCallArchitectures=native
ProtectSystem=strict
# Files, not their folder: nothing that vflane writes later can be put in its place.
ReadWritePaths=-${of.disk} -${of.variables}
# systemd, D-Bus and whoever else listens there does what root asks.
TemporaryFileSystem=/run:ro
BindPaths=${of.runFolder}
ProtectHome=read-only
PrivateTmp=yes
PrivateIPC=yes
ProtectProc=invisible
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectClock=yes
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
DevicePolicy=closed
DeviceAllow=/dev/kvm rw
DeviceAllow=/dev/vfio/vfio rw
DeviceAllow=char-vfio rw
DeviceAllow=/dev/net/tun rw
DeviceAllow=/dev/vhost-net rw

[Install]
WantedBy=multi-user.target
`;

/**
 * What turns an instance of the template into a particular guest. `image`: the only image that its disk may stand on; `cpus`: as the
 * kernel lists them, if it has to stay on some.
 */
export function dropInText(
  name: string,
  image: string,
  argv: readonly string[],
  cpus: string | undefined,
): string {
  const files = [guestPaths(name).disk, image];
  const started = ['/usr/bin/perl', guestTemplate.power, 'run', `${guestUser(name)}`, ...files, ...argv];
  const body = [
    '[Service]',
    ...(cpus === undefined ? [] : [`CPUAffinity=${cpus}`]),
    // A tap is the host's, and whether root may open it without this depends on the kernel (drivers/net/tun.c, 6.12 to
    // 6.14); it goes with the change of user. Without a tap there is nothing in the host's network to open.
    argv.includes('-netdev') ? 'CapabilityBoundingSet=CAP_NET_ADMIN' : 'PrivateNetwork=yes',
    // An empty assignment clears a list of commands (systemd.service(5)).
    'ExecStart=',
    `ExecStart=${execLine(started)}`,
    '',
  ].join('\n');
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 16);
  // At its end, so that of two of them the first line that is apart says in what.
  return `# Written by vflane: what guest this is.\n${body}${marked}${digest}\n`;
}

const marked = '# definition ';

/** A line that only this drop-in has: it identifies the file, though VFs' addresses are filled in there. */
export function definitionLine(dropIn: string): string {
  return dropIn.split('\n').find((line) => line.startsWith(marked)) ?? '';
}
