import { expect, test } from 'vitest';
import { infoOf } from './libvirt.ts';

/** `virsh dominfo` of libvirt 11.3, as Debian 13 has it. */
const running = `Id:             1
Name:           vm1
UUID:           0dfe0ad3-6c6c-4f25-9a4e-29b5a5f0a8b1
OS Type:        hvm
State:          running
CPU(s):         1
CPU time:       12.6s
Max memory:     262144 KiB
Used memory:    262144 KiB
Persistent:     yes
Autostart:      enable
Managed save:   no
Security model: none
Security DOI:   0
`;

test('a domain is read with its autostart', () => {
  expect(infoOf(running)).toEqual({ state: 'running', autostart: true });
  const off = running.replace('running', 'shut off').replace('enable', 'disable');
  expect(infoOf(off)).toEqual({ state: 'shut off', autostart: false });
});
