import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GuestConsole, guestConsole } from './support/guest-console.ts';
import { imageName, installUefi } from './support/guest-image.ts';
import { cardHost, labFabric, storage } from './support/lab-fabric.ts';
import { GuestLab, timed, web } from './support/lab-guest.ts';
import { type LabHost, labHost } from './support/lab-host.ts';

/** OVMF, the loader and a kernel, all emulated twice over. */
const bootMs = 1_500_000;

/** A VM with UEFI: Debian's OVMF, systemd-boot and a kernel from its disk, with variables of its own. */
const vm = `{ vm: { cpus: 1, memory: 384M, disk: ${imageName}, firmware: uefi }, networks: { storage: 192.168.10.2/24 } }`;
const fabric = labFabric({ storage: storage() }, { alpha: cardHost(4, { vm1: vm, ...web }) });
const variables = '/var/lib/vflane/guests/vm1/firmware-variables.fd';

let lab: LabHost;
let guests: GuestLab;
let vm1: GuestConsole;

const digest = async (path: string) => (await lab.ssh(`sha256sum ${path}`)).split(' ')[0];

beforeAll(async () => {
  lab = await timed('the host up', labHost(1, ['--memory', '2G']));
  guests = new GuestLab(lab);
  await guests.prepare(['alpha']);
  // UEFI under an emulated processor's KVM crashes the emulator (QEMU 10.0, tcg_handle_interrupt: bql_locked): so QEMU
  // emulates in the host, too, which is slow but otherwise the same.
  await lab.ssh('modprobe -r kvm_amd && [ ! -e /dev/kvm ]');
  lab.fabric(fabric);
}, 1_800_000);
afterAll(() => lab?.down());

describe('a VM with UEFI', () => {
  it('is refused by name if the host has no firmware for it', async () => {
    expect(await guests.vflane(4, 'plan')).toMatch(/OVMF|ovmf/);
    await installUefi(lab);
  });

  it('is started by its disk’s own boot loader, with variables of its own, and reaches its network', async () => {
    await guests.vflane(0, 'apply', '--yes');
    vm1 = guestConsole(lab, 'vm1');
    await timed('vm1 up', vm1.ready(bootMs));
    expect(await vm1.run('ls /sys/firmware/efi')).toContain('runtime-map');
    await lab.ssh('ip netns exec web ping -c 3 -i 0.5 -w 60 192.168.10.2');
    expect(await digest(variables)).not.toBe(await digest('/usr/share/OVMF/OVMF_VARS_4M.fd'));
    expect(await lab.ssh(`stat -c %a ${variables}`)).toBe('600');
    expect(await guests.vflane(0, 'verify')).toContain('alpha: verified');
  }, 1_800_000);

  it('goes, and its disk and its variables stay', async () => {
    await guests.vflane(0, 'destroy', '--yes', '--allow-disruption');
    await lab.ssh(`[ -e ${variables} ] && [ -e /var/lib/vflane/guests/vm1/disk.qcow2 ]`);
  });
});
