import { bootPlaces } from '../model/boot.ts';

/**
 * After what it needs, and before guests. vflane waits for the card itself, because udev cannot say "all are there", and
 * not for a network: the operator's way in must not wait for the unit, nor the unit for it. Nor for basic.target, as it would by default
 * (systemd.service(5)): while udev is at work it can load and read what it needs. nftables.service begins with `flush ruleset`
 * (Debian's /etc/nftables.conf), which would take vflane's own table with it. Guests wait for it: where processors are few, it goes
 * before what nobody waits for (systemd.resource-control(5)).
 */
export function bootUnitText(exec: string): string {
  return `# Written by vflane enable, and taken away by vflane disable.
[Unit]
Description=vflane: bring this host to what was last applied
Documentation=man:vflane(1)
DefaultDependencies=no
Conflicts=shutdown.target
After=local-fs.target systemd-modules-load.service systemd-sysctl.service systemd-udev-trigger.service
After=nftables.service firewalld.service ufw.service
After=ovsdb-server.service ovs-vswitchd.service openvswitch-switch.service
Before=libvirtd.service virtqemud.service libvirt-guests.service pve-guests.service incus.service
Before=shutdown.target
RequiresMountsFor=${bootPlaces.folder}

[Service]
Type=oneshot
RemainAfterExit=yes
StartupCPUWeight=500
ExecStart=${exec}
TimeoutStartSec=15min

[Install]
WantedBy=multi-user.target
`;
}

/** The command in a unit's text; undefined if it has none, or more than one. */
export function execIn(text: string): string | undefined {
  const [exec, ...more] = [...text.matchAll(/^ExecStart=(.+)$/gm)].map(([, line]) => line);
  return more.length === 0 ? exec : undefined;
}

export function execLine(command: readonly string[]): string {
  return command.map(word).join(' ');
}

/** systemd.syntax(7): a word with anything unusual is quoted, and % is doubled. */
function word(text: string): string {
  const plain = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./$-]+$/.test(plain) ? plain : `"${plain.replace(/[\\"]/g, '\\$&')}"`;
}
