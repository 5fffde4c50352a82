/** Credentials arrive by fw_cfg (systemd.system-credentials(7)); sshd reads them where systemd puts them. */
export const credentials = {
  hostKey: 'vflane-lab.host-key',
  authorizedKeys: 'vflane-lab.authorized-keys',
} as const;

const credentialFolder = '/run/credentials/@system';

const sshd = `HostKey ${credentialFolder}/${credentials.hostKey}
AuthorizedKeysFile ${credentialFolder}/${credentials.authorizedKeys}
PasswordAuthentication no
PermitRootLogin prohibit-password
UsePAM no
UseDNS no
PrintMotd no
MaxStartups 100
MaxSessions 100
`;

/** QEMU's user network hands out only this address; configuring it saves the DHCP client. */
const management = `[Unit]
Description=Management address of the lab
DefaultDependencies=no
BindsTo=sys-subsystem-net-devices-mgmt0.device
After=sys-subsystem-net-devices-mgmt0.device
Before=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/ip -batch /usr/lib/vflane-lab/management

[Install]
WantedBy=sysinit.target
`;

const managementBatch = `link set mgmt0 up
addr replace 10.0.2.15/24 dev mgmt0
route replace default via 10.0.2.2
`;

/** Units that ssh does not need start after it, rather than compete with it for one processor. */
const afterSsh = '[Unit]\nAfter=ssh.service\n';

/** Drivers of the board's disk controller, watchdog and bus, which nothing uses. */
const unused = `blacklist ahci
blacklist iTCO_wdt
blacklist i2c_i801
blacklist lpc_ich
`;

/** ssh starts only once both ports have their names. */
const sshAfterPorts = `[Unit]
Wants=sys-subsystem-net-devices-enp1s0f0.device sys-subsystem-net-devices-enp1s0f1.device
After=sys-subsystem-net-devices-enp1s0f0.device sys-subsystem-net-devices-enp1s0f1.device

[Service]
ExecStartPre=
`;

/**
 * QEMU's igb computes a wrong inner checksum for TCP inside VXLAN, so the ports leave checksums to the kernel.
 * The naming lines are those of systemd's own 99-default.link, which this file overrides.
 */
const igbLink = `[Match]
Driver=igb

[Link]
NamePolicy=keep kernel database onboard slot path
AlternativeNamesPolicy=database onboard slot path mac
MACAddressPolicy=none
TransmitChecksumOffload=no
`;

const managementLink = `[Match]
Driver=virtio_net

[Link]
Name=mgmt0
`;

/** Coldplugs only what the lab has: every event costs milliseconds on an emulated processor. */
const trigger = `[Service]
ExecStart=
ExecStart=-/usr/bin/udevadm trigger --type=devices --action=add --subsystem-match=pci --subsystem-match=net --subsystem-match=block --subsystem-match=virtio --subsystem-match=misc --subsystem-match=mem
`;

/** Elsewhere kmod-static-nodes makes it; Open vSwitch opens it for the bridges of its userspace datapath. */
const tun = 'c! /dev/net/tun 0666 - - - 10:200\n';

const journal = `[Journal]
Storage=volatile
RuntimeMaxUse=16M
`;

/** Run before a host is saved: wait until all is started, write all data, drop the page cache. */
const rest = `systemctl is-system-running --wait >/dev/null || true
udevadm settle --timeout=30
sync
echo 3 > /proc/sys/vm/drop_caches
`;

/**
 * Run after a host is restored, with the time and a new boot id: the kernel keeps the boot id of the saved host, and
 * vflane recognizes a reboot by it. systemd-nspawn mounts a file over it in the same way.
 */
const wake = `set -e
date --set="@$1" >/dev/null
echo "$2" > /run/boot-id
chmod 444 /run/boot-id
mount --bind /run/boot-id /proc/sys/kernel/random/boot_id
`;

/** Path in the guest -> text. */
export const guestFiles: Readonly<Record<string, string>> = {
  '/etc/ssh/sshd_config.d/vflane-lab.conf': sshd,
  '/etc/systemd/system/ssh.service.d/vflane-lab.conf': sshAfterPorts,
  '/etc/systemd/system/lab-management.service': management,
  '/etc/systemd/network/10-igb.link': igbLink,
  '/etc/systemd/network/10-management.link': managementLink,
  '/etc/systemd/system/systemd-udev-trigger.service.d/vflane-lab.conf': trigger,
  '/etc/systemd/journald.conf.d/vflane-lab.conf': journal,
  '/etc/systemd/system/dbus.service.d/vflane-lab.conf': afterSsh,
  '/etc/systemd/system/systemd-logind.service.d/vflane-lab.conf': afterSsh,
  '/etc/systemd/system/systemd-user-sessions.service.d/vflane-lab.conf': afterSsh,
  '/etc/modprobe.d/vflane-lab.conf': unused,
  '/etc/tmpfiles.d/vflane-lab.conf': tun,
  '/usr/lib/vflane-lab/management': managementBatch,
  '/usr/lib/vflane-lab/rest': rest,
  '/usr/lib/vflane-lab/wake': wake,
  '/etc/hosts': '127.0.0.1 localhost\n',
  '/etc/hostname': 'lab\n',
  '/etc/fstab': '',
  '/etc/machine-id': '',
};
