import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseVmScope } from './vm-scope.ts';

/** After libvirt's source and systemd.unit(5); seen running on no host. */
test.each([
  ['0::/machine.slice/machine-qemu\\x2d3\\x2dceph\\x2dnode1.scope/libvirt/emulator\n', 'ceph-node1'],
  ['0::/machine.slice/machine-qemu\\x2d12\\x2dweb.scope\n', 'web'],
  ['1:name=systemd:/\n0::/machine/qemu-3-web.libvirt-qemu/emulator\n', 'web'],
  ['0::/user.slice/user-0.slice/session-3.scope\n', undefined],
  ['0::/system.slice/system-vflane\\x2dguest.slice/vflane-guest@web.service\n', undefined],
  ['', undefined],
])('%j is the VM %s', (text, name) => expect(parseVmScope(text)).toBe(name));

test('a name contains no line break and no slash, whatever the text', () => {
  const piece = fc.oneof(
    fc.constantFrom('/machine-qemu\\x2d1\\x2d', '.scope', '/qemu-1-', '.libvirt-qemu', '\n'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      expect(parseVmScope(pieces.join('')) ?? '').not.toMatch(/^\s*\/|\n$/);
    }),
  );
});
