import { describe, expect, test } from 'vitest';
import type { HostSpec } from '../model/host-spec.ts';
import type { BootState, HostState } from '../model/host-state.ts';
import { bootUnitText, execLine } from './boot-unit-text.ts';
import { keepOff } from './keep-off.ts';
import { ovsGate } from './ovs-gate.ts';

const pf = '0000:03:00.0';

/** An overlay host: a bond over both ports, one representor, a bridge, a port of a namespace. */
const overlay = {
  host: 'alpha',
  datapath: 'ovs-dpdk',
  nics: [{ pfs: [{ pci: pf, vfs: [{ index: 0, representor: { name: 'ceph1-9fbeca', mtu: 9000 } }] }] }],
  guests: [
    {
      name: 'web',
      kind: 'netns',
      lanes: [{ bond: 'storage', members: [{ pf, index: 1, ifName: 'v1', mac: '02:00:00:00:00:07' }] }],
    },
  ],
  overlay: { dpdk: pf, bridges: [{ name: 'br-storage', guestPorts: [{ port: 'ceph1-9fbeca' }] }] },
  underlay: { bond: { name: 'bond0', members: [pf, '0000:03:00.1'] }, vlans: [], ports: [] },
  boot: {
    exec: '/usr/bin/vflane agent --boot',
    document: {
      ports: [
        { pci: pf, mac: '04:3f:72:00:00:00' },
        { pci: '0000:03:00.1', mac: '04:3f:72:00:00:01' },
      ],
    },
  },
} as unknown as HostSpec;

const legacy = { ...overlay, overlay: undefined, underlay: undefined } as unknown as HostSpec;

function stateWith(services: BootState['services'], ifupdown: readonly string[] = []): HostState {
  const links = [{ name: 'enp3s0f0np0', mac: '04:3f:72:00:00:00' }];
  return { boot: { services, ifupdown }, links } as unknown as HostState;
}

function textAt(spec: HostSpec, services: BootState['services'], end: string): string | undefined {
  const place = keepOff.wanted(spec, stateWith(services)).find(({ at }) => at.endsWith(end));
  return place?.value as string | undefined;
}

describe('the host’s own network services are kept off', () => {
  test('by name and by the ports’ own MACs, added to what others keep off', () => {
    expect(textAt(overlay, ['networkManager'], 'zz-vflane.conf')?.split('\n').slice(1)).toEqual([
      '[keyfile]',
      'unmanaged-devices+=interface-name:=bond0;interface-name:=br-storage;interface-name:=ceph1-9fbeca;' +
        'mac:02:00:00:00:00:07;mac:04:3f:72:00:00:00;mac:04:3f:72:00:00:01',
      '',
    ]);
  });

  test('networkd by two files, because everything in one file has to match', () => {
    expect(textAt(overlay, ['networkd'], '05-vflane.network')).toContain(
      '[Match]\nName=bond0 br-storage ceph1-9fbeca\n\n[Link]\nUnmanaged=yes\n',
    );
    expect(textAt(overlay, ['networkd'], '05-vflane-ports.network')).toContain(
      'PermanentMACAddress=02:00:00:00:00:07 04:3f:72:00:00:00 04:3f:72:00:00:01\n',
    );
  });

  test('but not off a port that is in no bond: it may carry the operator’s way in', () => {
    const text = textAt(legacy, ['networkManager'], 'zz-vflane.conf');
    expect(text).toContain('mac:02:00:00:00:00:07');
    expect(text).not.toContain('04:3f:72');
  });

  test('ifupdown through its units, for what its files name: a bond by name, its port by its own MAC', () => {
    const state = stateWith([], ['lo', 'bond0', 'eno1', 'enp3s0f0np0']);
    const texts = keepOff
      .wanted(overlay, state)
      .map(({ at, value }) => [at, `${value}`.split('\n').slice(1)]);
    expect(Object.fromEntries(texts)).toEqual({
      '/etc/systemd/system/networking.service.d/vflane.conf': [
        '[Service]',
        'Environment="EXCLUDE_INTERFACES=bond0 enp3s0f0np0"',
        '',
      ],
      '/etc/systemd/system/ifup@.service.d/vflane.conf': [
        '[Service]',
        'ExecCondition=/usr/bin/test %I != bond0',
        'ExecCondition=/usr/bin/test %I != enp3s0f0np0',
        '',
      ],
    });
  });

  test('only if they are installed, and only on an enabled host', () => {
    expect(keepOff.wanted(overlay, stateWith([]))).toEqual([]);
    const { boot: _boot, ...disabled } = overlay;
    expect(keepOff.wanted(disabled, stateWith(['networkManager']))).toEqual([]);
  });
});

describe('ovs-vswitchd is delayed', () => {
  test('until the card has VFs, and only under DPDK', () => {
    expect(ovsGate.wanted(overlay, stateWith([]))).toEqual([
      {
        at: 'ovs-vswitchd.service',
        value: expect.stringContaining(`Glob=/sys/bus/pci/devices/${pf}/virtfn*\n`),
      },
    ]);
    expect(ovsGate.wanted(legacy, stateWith([]))).toEqual([]);
  });
});

describe('the unit', () => {
  const text = bootUnitText(execLine(['/opt/my node/bin/node', '/a%b/vflane.cjs', 'agent', '--boot']));

  test('starts what it is told to, whatever is in the path', () => {
    expect(text).toContain('\nExecStart="/opt/my node/bin/node" /a%%b/vflane.cjs agent --boot\n');
  });

  test('waits for no network, and nothing of the network waits for it', () => {
    expect(text).not.toMatch(/network(-online|-pre)?\.target|udev-settle|networking\.service|ssh/);
  });

  test('comes after what would wipe its table, and before guests', () => {
    expect(text).toMatch(/^After=.*nftables\.service/m);
    expect(text).toMatch(/^Before=.*libvirt-guests\.service/m);
  });
});
