import { readFileSync } from 'node:fs';
import { datapaths } from '../../src/datapath/datapath.ts';
import { parseFabric } from '../../src/fabric/parse-fabric.ts';
import { fileStore } from '../../src/host/file-store.ts';
import { localHost } from '../../src/host/local-host.ts';
import { observe } from '../../src/observe/observe.ts';
import { localSite } from '../../src/operate/local-site.ts';
import { wantsOf } from '../../src/plan/differences.ts';
import { planFor } from '../../src/plan/plan.ts';
import { countProcesses } from '../count-processes.ts';

/** The resources of Open vSwitch to make. Its ports are its own dummy netdevs, so nothing else of the machine is touched. */
const kinds = ['bridge', 'bridge-port', 'flows'];

/** Does what `vflane apply --yes` does, with the Open vSwitch whose sockets are in the folder: `FOLDER FILE STATE`. */
async function applyPorts(folder: string, file: string, stateFolder: string): Promise<void> {
  const { fabric } = parseFabric(readFileSync(file, 'utf8'), file);
  const [wanted] = fabric?.hosts ?? [];
  const expand = wanted && datapaths[wanted.datapath];
  if (!fabric || !expand) throw new Error(`${file} is wrong`);
  const processes = countProcesses();
  const start = performance.now();
  const host = localHost({ name: 'alpha', env: { PATH: process.env.PATH, OVS_RUNDIR: folder } });
  const site = localSite({ host, store: fileStore(stateFolder), self: ['vflane'] });
  await site.hold();
  const { ledger } = await site.fold();
  const state = await observe(host, {
    pfs: [],
    namespaces: [],
    routes: [],
    overlay: true,
    bridges: [],
    guard: false,
  });
  const spec = expand(fabric, wanted, ledger);
  const wants = new Map([...wantsOf(spec, state, ledger)].filter(([kind]) => kinds.includes(kind)));
  const { plan } = planFor({ host: 'alpha', state, ledger, wants, allocation: {}, allowDisruption: false });
  const outcome =
    plan.steps.length === 0
      ? { kind: 'nothing-to-do' }
      : await site.carryOut({ do: 'apply', plan, planId: 'bench', verb: 'apply' }, () => {});
  const ms = performance.now() - start;
  const ports = wants.get('bridge-port')?.size ?? 0;
  process.stdout.write(JSON.stringify({ outcome, ms, ports, processes }));
}

const [, , folder = '', file = '', stateFolder = ''] = process.argv;
void applyPorts(folder, file, stateFolder);
