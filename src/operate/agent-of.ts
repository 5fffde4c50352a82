import { agentOfDomain } from '../host/domain-agent.ts';
import { guestPaths } from '../model/guest-paths.ts';
import type { GuestName } from '../model/names.ts';

/** Where the agent in a VM is reached: its QEMU's socket, or libvirt. */
export function agentOf(guest: GuestName, manager: 'systemd' | 'libvirt' | undefined): string {
  return manager === 'libvirt' ? agentOfDomain(guest) : guestPaths(guest).agent;
}
