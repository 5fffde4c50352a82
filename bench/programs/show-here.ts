import { join, resolve } from 'node:path';
import { fileStore } from '../../src/host/file-store.ts';
import { localHost } from '../../src/host/local-host.ts';
import { lookWhole, reportOf } from '../../src/operate/diagnose.ts';
import { localSite } from '../../src/operate/local-site.ts';
import { countProcesses } from '../count-processes.ts';

/** Does what `vflane show` and `vflane doctor` do, on the host in a folder: `FOLDER show|doctor`. */
async function showHere(folder: string, verb: string): Promise<void> {
  const processes = countProcesses();
  const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
  const host = localHost({ name: 'alpha', root: join(folder, 'root'), env });
  const site = localSite({ host, store: fileStore(join(folder, 'var')), self: ['vflane'] });
  const looked = await lookWhole(site, undefined, { faults: verb === 'doctor', now: Date.now });
  const { findings, unlooked } = reportOf(looked);
  const vfs = looked.patient.state.pfs.reduce((sum, pf) => sum + pf.vfs.length, 0);
  const codes = findings.map(({ code }) => code);
  const why = unlooked.map(({ what, why: reason }) => `${what}: ${reason}`);
  process.stdout.write(JSON.stringify({ processes, unlooked: why, vfs, codes }));
}

const [, , folder = '', verb = ''] = process.argv;
void showHere(resolve(folder), verb);
