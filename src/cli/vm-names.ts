import type { FabricHost, Guest } from '../model/fabric.ts';
import type { Fleet } from './fleet.ts';
import { UsageError } from './usage-error.ts';

/** A VM of the file, with the host that it is on. */
export interface NamedVm {
  readonly host: FabricHost;
  readonly guest: Guest;
}

export function vmsOf({ hosts }: Pick<Fleet, 'hosts'>): readonly NamedVm[] {
  return hosts.flatMap((host) =>
    host.guests.filter(({ kind }) => kind === 'vm').map((guest) => ({ host, guest })),
  );
}

/** The VMs with these names, each once. @throws UsageError if the file has none with a name */
export function vmsNamed(fleet: Pick<Fleet, 'hosts'>, names: readonly string[]): readonly NamedVm[] {
  const all = vmsOf(fleet);
  return [...new Set(names)].map((name) => {
    const vm = all.find(({ guest }) => guest.name === name);
    if (vm) return vm;
    const known = all.map(({ guest }) => guest.name).join(', ');
    throw new UsageError(`the file has no VM ${JSON.stringify(name)}`, `Its VMs: ${known || 'none'}.`);
  });
}
