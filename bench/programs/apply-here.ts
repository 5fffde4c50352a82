import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseFabric } from '../../src/fabric/parse-fabric.ts';
import { fileStore } from '../../src/host/file-store.ts';
import { localHost } from '../../src/host/local-host.ts';
import { localSite } from '../../src/operate/local-site.ts';
import { planFromFile } from '../../src/operate/plan-host.ts';
import { countProcesses } from '../count-processes.ts';

/** Does what `vflane apply --yes` does, on the host in a folder: `FOLDER FILE`. */
async function applyHere(folder: string, file: string): Promise<void> {
  const processes = countProcesses();
  const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
  const host = localHost({ name: 'alpha', root: join(folder, 'root'), env });
  const site = localSite({ host, store: fileStore(join(folder, 'var')), self: ['vflane'] });
  const { fabric } = parseFabric(readFileSync(join(folder, file), 'utf8'), file);
  const [wanted] = fabric?.hosts ?? [];
  if (!fabric || !wanted) throw new Error(`${file} is wrong`);
  await site.hold();
  const { plan } = await planFromFile(site, fabric, wanted, { allowDisruption: false });
  const changes = plan.steps.reduce((sum, step) => sum + step.changes.length, 0);
  const outcome =
    plan.steps.length === 0
      ? { kind: 'nothing-to-do' }
      : await site.carryOut({ do: 'apply', plan, planId: 'bench', verb: 'apply' }, () => {});
  const findings = plan.findings.map(({ code }) => code);
  process.stdout.write(JSON.stringify({ outcome, changes, processes, findings }));
}

const [, , folder = '', file = ''] = process.argv;
// With a relative folder, the machine's own ip would be found instead.
void applyHere(resolve(folder), file);
