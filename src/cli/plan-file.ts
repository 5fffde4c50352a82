import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import type { VerbContext } from './context.ts';
import { isOnlyShown } from './shown-plan.ts';
import { UsageError } from './usage-error.ts';

/** What `vflane plan -o FILE` wrote. @throws UsageError where it is anything else */
export function readPlanFile({ cwd }: VerbContext, path: string): readonly Plan[] {
  const { schema, hosts, findings } = parsed(path, read(resolve(cwd, path), path));
  if (schema !== 'vflane.plan/1' || !Array.isArray(hosts) || !hosts.every(isPlan)) {
    throw new UsageError(
      `${path} is not a plan of this version of vflane`,
      'Write one: vflane plan -o plan.json',
    );
  }
  if (hosts.some(isOnlyShown)) {
    throw new UsageError(
      `${path} was printed, and lacks what is not shown to who reads a plan`,
      'Write it with -o: vflane plan -o plan.json',
    );
  }
  const found = Array.isArray(findings) ? (findings as readonly Finding[]) : [];
  return hosts.map((plan) => ({ ...plan, findings: found.filter(({ where }) => where?.host === plan.host) }));
}

function read(absolute: string, path: string): string {
  try {
    return readFileSync(absolute, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${path} cannot be read: ${(error as Error).message}`,
      'Name the file that plan -o wrote.',
    );
  }
}

function parsed(path: string, text: string): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch (error) {
    throw new UsageError(
      `${path} is not JSON: ${(error as Error).message}`,
      'Name what `vflane plan -o plan.json` wrote; the fabric itself goes by -f FILE.',
    );
  }
}

function isPlan(value: unknown): value is Plan {
  const { host, basis, steps } = (value ?? {}) as { readonly [key: string]: unknown };
  return typeof host === 'string' && typeof basis === 'string' && Array.isArray(steps) && steps.every(isStep);
}

function isStep(value: unknown): boolean {
  const { actions, undo, changes, settle } = (value ?? {}) as { readonly [key: string]: unknown };
  return [actions, undo, changes].every(Array.isArray) && typeof settle === 'object' && settle !== null;
}
