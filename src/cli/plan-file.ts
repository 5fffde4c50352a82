import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../model/finding.ts';
import type { Plan } from '../model/plan.ts';
import type { VerbContext } from './context.ts';
import { wrongInPlan } from './plan-shape.ts';
import { isOnlyShown } from './shown-plan.ts';
import { UsageError } from './usage-error.ts';

/** `vflane.plan/1`. */
interface Written {
  readonly hosts: readonly Plan[];
  readonly findings: readonly Finding[];
}

/** What `vflane plan -o FILE` wrote. @throws UsageError where it is anything else */
export function readPlanFile({ cwd }: VerbContext, path: string): readonly Plan[] {
  const value = parsed(path, read(resolve(cwd, path), path));
  const wrong = wrongInPlan(value);
  if (wrong !== undefined) {
    throw new UsageError(
      `${path} is not a plan of this version of vflane: see ${wrong}`,
      'Write one: vflane plan -o plan.json',
    );
  }
  const { hosts, findings } = value as Written;
  if (hosts.some(isOnlyShown)) {
    throw new UsageError(
      `${path} was printed, and lacks what is not shown to who reads a plan`,
      'Write it with -o: vflane plan -o plan.json',
    );
  }
  return hosts.map((plan) => ({
    ...plan,
    findings: findings.filter(({ where }) => where.host === plan.host),
  }));
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

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${path} is not JSON: ${(error as Error).message}`,
      'Name what `vflane plan -o plan.json` wrote; the fabric itself goes by -f FILE.',
    );
  }
}
