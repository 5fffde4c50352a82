import { describe, expect, it } from 'vitest';
import { type Machine, machineArgv } from './qemu.ts';

const machine: Machine = {
  name: 'beta',
  index: 1,
  sshPort: 2222,
  accel: 'tcg',
  memoryMb: 1024,
  image: { id: 'abc', kernel: '/cache/vmlinuz', initrd: '/cache/initrd', disk: '/cache/disk.raw' },
};

/** The values given for an option, in order. */
function values(argv: readonly string[], option: string): readonly (string | undefined)[] {
  return argv.flatMap((word, index) => (word === option ? [argv[index + 1]] : []));
}

describe('QEMU’s arguments for a host', () => {
  const argv = machineArgv('/run/my lab', machine, '10.0.13');

  it('give it a card whose two ports it can find, each in a switch of its own', () => {
    expect(values(argv, '-device').filter((device) => device?.startsWith('igb'))).toEqual([
      'igb,bus=rp1,addr=0.0,multifunction=on,x-pcie-ari-nextfn-1=on,netdev=n0,mac=02:00:00:00:02:00',
      'igb,bus=rp1,addr=0.1,netdev=n1,mac=02:00:00:00:02:01',
    ]);
    expect(values(argv, '-netdev').slice(1)).toEqual([
      'stream,id=n0,server=off,addr.type=unix,addr.path=switch-a.sock,reconnect-ms=500',
      'stream,id=n1,server=off,addr.type=unix,addr.path=switch-b.sock,reconnect-ms=500',
    ]);
  });

  it('reconnect to restarted switches, with the option that each QEMU knows', () => {
    for (const [version, word] of [
      ['8.2.1', 'reconnect=1'],
      ['9.1.0', 'reconnect=1'],
      ['9.2.0', 'reconnect-ms=500'],
      ['11.0.0', 'reconnect-ms=500'],
    ] as const)
      expect(
        values(machineArgv('/run', machine, version), '-netdev')[1]
          ?.split(',')
          .at(-1),
      ).toBe(word);
  });

  it('give it an IOMMU that remaps interrupts, before any other device', () => {
    expect(values(argv, '-device')[0]).toBe('intel-iommu,intremap=on,caching-mode=on');
    expect(values(argv, '-M')).toEqual(['q35,accel=tcg,kernel-irqchip=split']);
    expect(values(argv, '-append')[0]).toMatch(/intel_iommu=on iommu=pt .*systemd\.hostname=beta /);
  });

  it('name the lab’s folder once, so that the process can be recognized as ours', () => {
    expect(argv.filter((word) => word.includes('/run/my lab'))).toEqual(['/run/my lab/beta/qemu.pid']);
  });

  it('listen on this machine only, and survive a reboot', () => {
    expect(values(argv, '-netdev')[0]).toBe('user,id=m,ipv6=off,hostfwd=tcp:127.0.0.1:2222-:22');
    expect(argv).not.toContain('-no-reboot');
  });

  it('keep keys out of the command line', () => {
    expect(values(argv, '-fw_cfg')).toEqual([
      'name=opt/io.systemd.credentials/vflane-lab.host-key,file=beta/host-key',
      'name=opt/io.systemd.credentials/vflane-lab.authorized-keys,file=authorized_keys',
    ]);
  });

  it('use the machine’s processor if KVM works', () => {
    const kvm = machineArgv('/run', { ...machine, accel: 'kvm' }, '10.0.13');
    expect([values(kvm, '-cpu'), values(kvm, '-smp')]).toEqual([['host'], ['2']]);
  });

  it('give it the wanted number of processors', () => {
    expect(values(argv, '-smp')).toEqual(['1']);
    expect(values(machineArgv('/run', { ...machine, cpus: 2 }, '10.0.13'), '-smp')).toEqual(['2']);
  });
});
