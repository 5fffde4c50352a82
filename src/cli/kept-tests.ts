import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, putFile } from '../host/durable-file.ts';
import type { FailoverResult } from '../measure/failover-result.ts';
import type { IsolationResult } from '../measure/isolation-result.ts';
import { laterStamp } from '../measure/stamp.ts';
import type { VerbContext } from './context.ts';
import { fabricPath, stateDir } from './fabric-file.ts';

/** Where tests are stored on the operator's side, beside the benchmarks. */
function testsFolder(context: VerbContext): string {
  return join(stateDir(context, fabricPath(context)), 'tests');
}

/** Stores what a test has found → its file. */
export async function keepTest(
  context: VerbContext,
  kind: 'failover' | 'isolation',
  result: { readonly schema: string },
): Promise<string> {
  const folder = testsFolder(context);
  const at = new Date();
  const name = `${laterStamp(namesIn(folder), at)}-${kind}-${randomUUID().slice(0, 4)}.json`;
  await makeFolder(folder, 0o755);
  const { schema, ...rest } = result;
  const kept = { schema, at: at.toISOString(), ...rest };
  await putFile(join(folder, name), `${JSON.stringify(kept, null, 1)}\n`);
  return join(folder, name);
}

export function keptFailovers(context: VerbContext): readonly FailoverResult[] {
  return keptTests<FailoverResult>(context, 'failover', ({ phases, between }) =>
    [phases, between].every(Array.isArray),
  );
}

export function keptIsolations(context: VerbContext): readonly IsolationResult[] {
  return keptTests<IsolationResult>(
    context,
    'isolation',
    ({ cells, attacks, networks, guests, provesNothing }) =>
      [cells, attacks, networks, guests, provesNothing].every(Array.isArray),
  );
}

/** Oldest first. Unreadable ones are left out. */
function keptTests<Result>(
  context: VerbContext,
  kind: string,
  isOne: (value: Partial<Result>) => boolean,
): readonly Result[] {
  const folder = testsFolder(context);
  const names = namesIn(folder).filter((name) => name.includes(`-${kind}-`) && name.endsWith('.json'));
  return names.flatMap((name) => {
    try {
      const result = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Partial<Result>;
      return isOne(result) ? [result as Result] : [];
    } catch {
      return [];
    }
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
