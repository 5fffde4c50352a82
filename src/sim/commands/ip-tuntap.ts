import { isOpen } from '../carrier.ts';
import { loadModule } from '../drivers.ts';
import { Failure } from '../errno.ts';
import { randomMac } from '../macs.ts';
import { addNetdev, findNetdev, nameInUse } from '../netdevs.ts';
import { removeNetdev } from '../remove.ts';
import type { Netdev } from '../state.ts';
import { tapInfo } from '../taps.ts';
import { type IpContext, printJson } from './ip-context.ts';
import { failed, type Reply, said, silent } from './program.ts';
import { ifname, own, unsigned, Words } from './words.ts';

/** `ip tuntap` (ip/iptuntap.c), for persistent taps. */
export function ipTuntap(context: IpContext, argv: readonly string[]): Reply {
  const [verb = 'show', ...rest] = argv;
  if (['show', 'list', 'lst', 'ls'].includes(verb)) return show(context);
  const act = own({ add, del: remove, delete: remove }, verb);
  if (!act) return failed(255, `Command "${verb}" is unknown, try "ip tuntap help".\n`);
  const wanted = parse(rest);
  if (context.call.state.uid !== 0) throw ioctl('Operation not permitted');
  act(context, wanted);
  return silent;
}

interface Wanted {
  readonly name: string;
  readonly info: Partial<Netdev['info']>;
}

const flags = ['pi', 'vnet_hdr', 'multi_queue'];

function parse(argv: readonly string[]): Wanted {
  const words = new Words(argv);
  const info: Partial<Netdev['info']> = {};
  let [name, mode] = ['', ''];
  while (!words.done) {
    const word = words.next();
    if (word === 'mode') mode = modeOf(words.next());
    else if (word === 'user' || word === 'group') info[word] = unsigned(words.next(), word);
    else if (flags.includes(word)) info[word] = true;
    else if (word !== 'one_queue')
      name = ifname(word === 'dev' || word === 'name' ? words.next() : word, 'dev');
  }
  if (mode === '') throw new Failure(1, 'You failed to specify a tunnel mode\n');
  return { name, info };
}

function modeOf(word: string): string {
  if (word === 'tap') return word;
  if (word === 'tun') throw new Failure(255, 'the simulated host makes no tun of mode tun\n');
  throw new Failure(255, `Unknown tunnel mode "${word}"\n`);
}

function ioctl(why: string): Failure {
  return new Failure(1, `ioctl(TUNSETIFF): ${why}\n`);
}

function add({ call: { state }, ns }: IpContext, { name, info }: Wanted): void {
  if (name !== '' && nameInUse(state, ns, name)) throw ioctl('Device or resource busy');
  let free = 0;
  while (nameInUse(state, ns, `tap${free}`)) free += 1;
  loadModule(state, 'tun');
  const wanted = { kind: 'tap', name: name || `tap${free}`, ns, maxMtu: 65521, info: tapInfo(info) } as const;
  addNetdev(state, { ...wanted, mac: randomMac(state), randomMac: true });
}

/** The kernel creates a missing one, which goes again when closed: so there is no error. */
function remove({ call: { state }, ns }: IpContext, { name, info }: Wanted): void {
  const tap = findNetdev(state, ns, name);
  if (!tap) return;
  const fits =
    (tap.kind === 'tap' || tap.kind === 'tun') && tap.info.multi_queue === (info.multi_queue ?? false);
  if (!fits) throw ioctl('Invalid argument');
  if (tap.kind === 'tun' || isOpen(state, tap)) throw ioctl('Device or resource busy');
  removeNetdev(state, tap);
}

function show(context: IpContext): Reply {
  const { state } = context.call;
  const taps = state.netdevs.filter((n) => n.ns === context.ns && (n.kind === 'tap' || n.kind === 'tun'));
  const records = taps.map(({ name, info }) => ({
    ifname: name,
    flags: ['tap', ...['multi_queue', 'vnet_hdr'].filter((flag) => info[flag] === true), 'persist'],
    ...(info.user === undefined ? {} : { user: info.user }),
    ...(info.group === undefined ? {} : { group: info.group }),
  }));
  if (context.json) return said(printJson(context, records));
  const owner = (key: string, value: unknown) => (value === undefined ? '' : ` ${key} ${value}`);
  return said(
    records
      .map((r) => `${r.ifname}: ${r.flags.join(' ')}${owner('user', r.user)}${owner('group', r.group)}\n`)
      .join(''),
  );
}
