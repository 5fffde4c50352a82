import { parseFabric } from '../src/fabric/parse-fabric.ts';
import type { Host } from '../src/host/host.ts';
import { memoryStore } from '../src/host/memory-store.ts';
import { localSite } from '../src/operate/local-site.ts';
import { planFromFile } from '../src/operate/plan-host.ts';
import { changesIn } from '../src/plan/plan.ts';
import { memorySim } from '../src/sim/open-sim.ts';
import { tell } from './figure.ts';
import { ovsFabricText } from './ovs-fabric.ts';

// The whole plan of such a host, including the steps outside of Open vSwitch: simulated, because those need a machine's
// own netdevs, nftables and systemd.
const machine = memorySim({ name: 'alpha', kernel: 'debian-13' });
const { clock } = machine;
const asked: string[] = [];
const noted =
  <Rest extends readonly unknown[], Result>(ask: (argv: readonly string[], ...rest: Rest) => Result) =>
  (argv: readonly string[], ...rest: Rest): Result => {
    asked.push(argv.join(' '));
    return ask(argv, ...rest);
  };
const host: Host = {
  name: machine.name,
  readFile: (path) => machine.readFile(path),
  readLink: (path) => machine.readLink(path),
  listDir: (path) => machine.listDir(path),
  openFiles: (folder) => machine.openFiles(folder),
  writeFile: (path, text) => machine.writeFile(path, text),
  query: noted((argv, timeoutMs?: number) => machine.query(argv, timeoutMs)),
  run: noted((argv, options?: Parameters<Host['run']>[1]) => machine.run(argv, options)),
};

const text = ovsFabricText(254, 1).replace(
  /underlay: .*/,
  'underlay: { address: 192.168.9.2/24, ports: [eno1] }',
);
const { fabric, findings } = parseFabric(text, 'fabric.yaml');
const [wanted] = fabric?.hosts ?? [];
if (!fabric || !wanted) throw new Error(`the fabric is wrong: ${JSON.stringify(findings)}`);
const site = localSite({ host, store: memoryStore(), clock, self: ['vflane'] });
await site.hold();
const { plan } = await planFromFile(site, fabric, wanted, { allowDisruption: false });
const outcome = await site.carryOut({ do: 'apply', plan, planId: 'bench', verb: 'apply' }, () => {});
if (outcome.kind !== 'applied') throw new Error(`not applied: ${JSON.stringify(outcome)}`);
const ports = changesIn(plan.steps).filter(({ resource }) => resource === 'bridge-port').length;

const processes = asked.filter((argv) => /^ovs-(vs|of)ctl /.test(argv)).map((argv) => argv.slice(0, 100));
tell([
  {
    kind: 'count',
    what: `apply a whole host with ${ports} OVS ports, looks included: ovs-vsctl and ovs-ofctl`,
    figure: processes.length,
    unit: 'processes',
    limit: { atMost: 6 },
    details: processes,
  },
]);
