import { type BootDocument, bootPlaces } from '../model/boot.ts';
import type { Fabric, FabricHost } from '../model/fabric.ts';
import type { BootSpec, HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { type Json, sameJson } from '../model/json.ts';
import { isUnseen } from '../model/unseen.ts';
import { execIn, execLine } from '../resource/boot-unit-text.ts';
import { bootDocumentOf } from './boot-document.ts';
import type { Site } from './site.ts';

interface Asked {
  readonly fabric: Fabric;
  readonly host: FabricHost;
  readonly spec: HostSpec;
}

/**
 * What brings a host back to what the file asks for now, or (if `boot` is a document) to what it remembers. `undefined`: it is
 * enabled, but nobody says how.
 */
export async function bootSpecOf(
  site: Site,
  { fabric, host, spec }: Asked,
  state: HostState,
  boot: true | BootDocument | undefined,
): Promise<BootSpec> {
  const document = boot === undefined || boot === true ? bootDocumentOf(fabric, host, spec, state) : boot;
  const asked = document as unknown as Json;
  const isKnown = boot !== true && sameJson(state.boot?.document as Json, asked);
  const kept = isKnown ? keptCommand(state) : undefined;
  return { ...(kept ?? (await commandOf(site))), document: asked };
}

type Command = Pick<BootSpec, 'exec' | 'program' | 'snapshot'>;

async function commandOf(site: Site): Promise<Command> {
  const { command, program, snapshot } = await site.program();
  return {
    exec: execLine(command),
    ...(program === undefined ? {} : { program }),
    ...(snapshot === undefined ? {} : { snapshot: { ...snapshot } }),
  };
}

/** A host that has what it needs does not need a newer vflane: looking at it with another version is not a difference. */
function keptCommand({ boot }: HostState): Command | undefined {
  const exec = typeof boot?.unit === 'string' ? execIn(boot.unit) : undefined;
  if (boot === undefined || exec === undefined || isUnseen(boot.program) || isUnseen(boot.snapshot))
    return undefined;
  const { program, snapshot } = boot;
  const isWhole =
    exec.includes(bootPlaces.program) === (program !== null) &&
    exec.includes(bootPlaces.snapshot) === (snapshot !== null);
  if (!isWhole) return undefined;
  return { exec, ...(program === null ? {} : { program }), ...(snapshot === null ? {} : { snapshot }) };
}
