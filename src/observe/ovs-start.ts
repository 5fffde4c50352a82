import type { HostReader } from '../host/host.ts';
import { keptFlows, startHook } from '../model/ovs-start.ts';
import type { OvsStart } from '../model/ovs-state.ts';
import { isUnseen, type Seen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';

/** Looks at what restores the flows when ovs-vswitchd starts: only files, no process. */
export async function observeOvsStart(reader: HostReader): Promise<OvsStart> {
  const [dropIn, script, flows] = await Promise.all([
    textAt(reader, startHook.dropIn),
    textAt(reader, startHook.script),
    observeKeptFlows(reader),
  ]);
  return { dropIn, script, flows };
}

async function textAt(reader: HostReader, path: string): Promise<Seen<string | null>> {
  return (await seenOr(() => reader.readFile(path))) ?? null;
}

async function observeKeptFlows(reader: HostReader): Promise<OvsStart['flows']> {
  const names = (await seenOr(() => reader.listDir(keptFlows.folder))) ?? [];
  if (isUnseen(names)) return names;
  const bridges = names.flatMap((name) => keptFlows.bridgeOf(name) ?? []);
  const look = async (bridge: string) =>
    [bridge, await seen(() => reader.readFile(keptFlows.pathOf(bridge)))] as const;
  return Object.fromEntries(await Promise.all(bridges.map(look)));
}
