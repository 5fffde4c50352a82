import { libvirtd } from '../machines/libvirt.ts';
import { perl } from '../machines/perl.ts';
import { qemu } from '../machines/qemu.ts';
import { qemuImg } from '../machines/qemu-img.ts';
import { virsh } from '../machines/virsh.ts';
import { ovsAppctl } from '../ovs/appctl.ts';
import { ovsOfctl } from '../ovs/ofctl.ts';
import { ovsCtl } from '../ovs/service.ts';
import { sh, timeout } from '../ovs/start-hooks.ts';
import { ovsVsctl } from '../ovs/vsctl.ts';
import { daemonPrograms } from '../systemd/daemons.ts';
import { aptGet, aptMark, dpkg, updateGrub } from './apt.ts';
import { busctl } from './busctl.ts';
import { cp } from './copy.ts';
import { devlink } from './devlink.ts';
import { ethtool } from './ethtool.ts';
import { cat, ls, readlink, tee, test } from './files.ts';
import { mkdir, mv, rm, rmdir, sync } from './folders.ts';
import { install } from './install.ts';
import { ip } from './ip.ts';
import { journalctl } from './journalctl.ts';
import { mstconfig } from './mstconfig.ts';
import { mstflint } from './mstflint.ts';
import { mstfwreset } from './mstfwreset.ts';
import { networkctl, nmcli } from './net-owners.ts';
import { nft } from './nft.ts';
import { dpkgQuery, updateAlternatives } from './packages.ts';
import type { Program } from './program.ts';
import { rdma } from './rdma.ts';
import { sysctl } from './sysctl.ts';
import {
  dmesg,
  falsehood,
  hostname,
  id,
  kill,
  lsmod,
  modprobe,
  nothing,
  reboot,
  sleep,
  udevadm,
  uname,
} from './system.ts';
import { systemctl } from './systemctl.ts';
import { systemdRun } from './systemd.ts';
import { tc } from './tc.ts';

/** Every program that a host can have; any other is missing. */
export const programs: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...daemonPrograms,
  ['busctl', busctl],
  ['cat', cat],
  ['cp', cp],
  ['devlink', devlink],
  ['dmesg', dmesg],
  ['ethtool', ethtool],
  ['false', falsehood],
  ['hostname', hostname],
  ['id', id],
  ['install', install],
  ['ip', ip],
  ['journalctl', journalctl],
  ['kill', kill],
  ['ls', ls],
  ['lsmod', lsmod],
  ['mkdir', mkdir],
  ['modprobe', modprobe],
  ['mstconfig', mstconfig],
  ['mstflint', mstflint],
  ['mstfwreset', mstfwreset],
  ['apt-get', aptGet],
  ['apt-mark', aptMark],
  ['dpkg', dpkg],
  ['networkctl', networkctl],
  ['nmcli', nmcli],
  ['nft', nft],
  ['dpkg-query', dpkgQuery],
  ['rdma', rdma],
  ['sync', sync],
  ['sysctl', sysctl],
  ['tc', tc],
  ['update-grub', updateGrub],
  ['update-alternatives', updateAlternatives],
  ['ovs-appctl', ovsAppctl],
  ['ovs-ofctl', ovsOfctl],
  ['ovs-ctl', ovsCtl],
  ['ovs-vsctl', ovsVsctl],
  ['qemu-img', qemuImg],
  ['qemu-system-x86_64', qemu],
  ['libvirtd', libvirtd],
  ['perl', perl],
  ['virsh', virsh],
  ['readlink', readlink],
  ['reboot', reboot],
  ['rm', rm],
  ['rmdir', rmdir],
  ['mv', mv],
  ['sh', sh],
  ['sleep', sleep],
  ['systemctl', systemctl],
  ['systemd-run', systemdRun],
  ['tee', tee],
  ['test', test],
  ['timeout', timeout],
  ['true', nothing],
  ['udevadm', udevadm],
  ['uname', uname],
]);
