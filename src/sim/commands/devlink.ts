import { Failure, type Refusal } from '../errno.ts';
import { setEswitchMode, setPortMetadata } from '../eswitch.ts';
import { cardOf } from '../functions.ts';
import { ownNetdev } from '../netdevs.ts';
import type { Netdev, Pf, SimState } from '../state.ts';
import { because, type Call, failed, type Program, type Reply, said, silent, telling } from './program.ts';
import { own } from './words.ts';

/** `devlink`: extack's sentence and what the errno means, both (devlink/mnlg.c). */
export const devlink: Program = (call) => telling(tell, () => main(call));

function tell(refusal: Refusal): Reply {
  const extack = refusal.extack ? `Error: ${refusal.extack}.\n` : '';
  return failed(1, `${extack}kernel answers: ${because(refusal)}\n`);
}

interface Context {
  readonly state: SimState;
  readonly json: boolean;
}

type Verb = (context: Context, argv: readonly string[]) => Reply;

const verbs: { readonly [words: string]: Verb | undefined } = {
  'dev show': showDevices,
  'dev eswitch show': showEswitch,
  'dev eswitch set': setEswitch,
  'dev info': showInfo,
  'dev param show': showParam,
  'dev param set': setParam,
  'port show': showPorts,
};

function main(call: Call): Reply {
  const options = call.argv.slice(1).filter((word) => /^-/.test(word));
  const words = call.argv.slice(1).filter((word) => !/^-/.test(word));
  if (options.includes('-V')) return said('devlink utility, iproute2-6.15.0\n');
  const context = { state: call.state, json: options.some((option) => option.includes('j')) };
  if (words.length === 1 && (words[0] === 'dev' || words[0] === 'port')) words.push('show');
  for (const length of [3, 2]) {
    const verb = own(verbs, words.slice(0, length).join(' '));
    if (verb) return verb(context, words.slice(length));
  }
  return failed(1, `Object "${words[0] ?? ''}" not found\n`);
}

function devices(state: SimState): readonly Pf[] {
  return cardOf(state).switchdev ? state.pfs.filter((pf) => pf.driver !== '') : [];
}

function handle(pf: Pf): string {
  return `pci/${pf.pci}`;
}

function deviceOf(context: Context, word: string | undefined): Pf {
  if (word === undefined || !word.includes('/')) {
    throw new Failure(1, 'Devlink identification ("bus_name/dev_name") expected\n');
  }
  const pf = devices(context.state).find((p) => handle(p) === word);
  if (!pf) throw new Failure(1, 'kernel answers: No such device\n');
  return pf;
}

function json(value: unknown): Reply {
  return said(`${JSON.stringify(value)}\n`);
}

function showDevices(context: Context, [one]: readonly string[]): Reply {
  const found = one === undefined ? devices(context.state) : [deviceOf(context, one)];
  if (context.json) return json({ dev: Object.fromEntries(found.map((pf) => [handle(pf), {}])) });
  return said(found.map((pf) => `${handle(pf)}\n`).join(''));
}

function showEswitch(context: Context, [one]: readonly string[]): Reply {
  const pf = deviceOf(context, one);
  const shown = { mode: pf.eswitch, 'inline-mode': 'none', 'encap-mode': 'basic' };
  if (context.json) return json({ dev: { [handle(pf)]: shown } });
  return said(`${handle(pf)}: mode ${pf.eswitch} inline-mode none encap-mode basic\n`);
}

function setEswitch(context: Context, [one, ...words]: readonly string[]): Reply {
  const pf = deviceOf(context, one);
  const [key, mode] = words;
  if (key !== 'mode') throw new Failure(1, `Unknown option "${key ?? ''}"\n`);
  if (mode !== 'legacy' && mode !== 'switchdev')
    throw new Failure(1, `Unknown eswitch mode "${mode ?? ''}"\n`);
  if (context.state.uid !== 0) throw new Failure(1, 'kernel answers: Operation not permitted\n');
  setEswitchMode(context.state, pf, mode);
  return silent;
}

function showInfo(context: Context, [one]: readonly string[]): Reply {
  const found = one === undefined ? devices(context.state) : [deviceOf(context, one)];
  const version = { 'fw.version': firmware, fw: firmware };
  const info = (_pf: Pf) => ({
    driver: 'mlx5_core',
    versions: { fixed: { 'fw.psid': 'MT_0000000013' }, running: version, stored: version },
  });
  if (context.json) return json({ info: Object.fromEntries(found.map((pf) => [handle(pf), info(pf)])) });
  const text = (pf: Pf) =>
    `${handle(pf)}:\n  driver mlx5_core\n  versions:\n      fixed:\n        fw.psid MT_0000000013\n      running:\n        fw.version ${firmware}\n        fw ${firmware}\n      stored:\n        fw.version ${firmware}\n        fw ${firmware}\n`;
  return said(found.map(text).join(''));
}

const firmware = '16.35.4554';

/** Port index = (vhca id << 16) | vport; the uplink is vport 0xffff (facts §2.3). */
function showPorts(context: Context): Reply {
  const ports = devices(context.state).flatMap((pf) => portsOf(context.state, pf));
  if (context.json) return json({ port: Object.fromEntries(ports) });
  return said(ports.map(([index, port]) => `${index}: ${portText(port)}\n`).join(''));
}

type Port = readonly [string, { readonly [key: string]: unknown }];

function portsOf(state: SimState, pf: Pf): readonly Port[] {
  const base = pf.port << 16;
  const uplink = ownNetdev(state, pf.pci);
  const physical = {
    type: 'eth',
    ...(uplink ? { netdev: uplink.name } : {}),
    flavour: 'physical',
    port: pf.port,
    splittable: false,
  };
  const representors = state.netdevs.filter((n) => n.kind === 'representor' && n.pci === pf.pci);
  return [
    [`${handle(pf)}/${base | 0xffff}`, physical],
    ...representors.map((rep): Port => [`${handle(pf)}/${base | (rep.vf + 1)}`, vfPort(pf, rep)]),
  ];
}

function vfPort(pf: Pf, rep: Netdev): { readonly [key: string]: unknown } {
  const mac = pf.vfs[rep.vf]?.admin.mac;
  const head = {
    type: 'eth',
    netdev: rep.name,
    flavour: 'pcivf',
    controller: 0,
    pfnum: pf.port,
    vfnum: rep.vf,
  };
  return { ...head, external: false, splittable: false, function: { hw_addr: mac } };
}

function portText(port: { readonly [key: string]: unknown }): string {
  const { function: fn, ...rest } = port;
  const words = Object.entries(rest).map(([key, value]) => `${key} ${value}`);
  const mac = (fn as { readonly hw_addr?: string } | undefined)?.hw_addr;
  return words.join(' ') + (mac === undefined ? '' : `\n  function:\n    hw_addr ${mac}`);
}

const runtimeBool = (name: string, value: boolean) => ({
  name,
  type: 'driver-specific',
  values: [{ cmode: 'runtime', value }],
});

function paramOf(pf: Pf, name: string): ReturnType<typeof runtimeBool> | undefined {
  if (name === 'esw_multiport') return runtimeBool(name, false);
  return name === 'esw_port_metadata' ? runtimeBool(name, pf.metadata) : undefined;
}

function showParam(context: Context, [one, , name]: readonly string[]): Reply {
  const pf = deviceOf(context, one);
  const names = name === undefined ? ['esw_multiport', 'esw_port_metadata'] : [name];
  const params = names.map((n) => paramOf(pf, n));
  if (params.includes(undefined)) throw new Failure(1, 'kernel answers: Invalid argument\n');
  return json({ param: { [handle(pf)]: params } });
}

function setParam(context: Context, argv: readonly string[]): Reply {
  const pf = deviceOf(context, argv[0]);
  const value = (key: string) => argv[argv.indexOf(key) + 1];
  if (context.state.uid !== 0) throw new Failure(1, 'kernel answers: Operation not permitted\n');
  const on = value('value') === 'true' || value('value') === '1';
  if (value('name') === 'esw_port_metadata') setPortMetadata(context.state, pf, on);
  else
    throw new Failure(
      1,
      `kernel answers: ${value('name') === 'esw_multiport' ? 'Operation not supported' : 'Invalid argument'}\n`,
    );
  return silent;
}
