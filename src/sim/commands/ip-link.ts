import { Failure, Refusal } from '../errno.ts';
import { findNetdev } from '../netdevs.ts';
import { removeNetdev } from '../remove.ts';
import { setLink } from '../set-link.ts';
import { type IpContext, netdevNamed } from './ip-context.ts';
import { show } from './ip-show.ts';
import { addLink } from './link-add.ts';
import { parseLink } from './link-words.ts';
import { failed, type Reply, silent } from './program.ts';
import { ifname, own, Words } from './words.ts';

type Verb = (context: IpContext, argv: readonly string[]) => Reply;

/** `ip link` (ip/iplink.c). */
export function ipLink(context: IpContext, argv: readonly string[]): Reply {
  const [verb = 'show', ...rest] = argv;
  const act = own(verbs, verb);
  return act ? act(context, rest) : failed(255, `Command "${verb}" is unknown, try "ip link help".\n`);
}

const list: Verb = (context, argv) => show(context, argv, true);

const set: Verb = (context, argv) => {
  const { settings, device } = parseLink(context, argv);
  if (device === undefined) throw new Failure(255, 'Not enough information: "dev" argument is required.\n');
  const netdev = netdevNamed(context.call.state, context.ns, device);
  refuseUnlessRoot(context);
  const warnings = setLink(context.call.state, netdev, settings);
  return { ...silent, stderr: warnings.map((warning) => `Warning: ${warning}.\n`).join('') };
};

const add: Verb = (context, argv) => {
  const parsed = parseLink(context, argv);
  refuseUnlessRoot(context);
  addLink(context, parsed);
  return silent;
};

/** Only netdevs made with `ip link add` can be deleted (rtnl_delete_link). */
const remove: Verb = (context, argv) => {
  const { device } = parseLink(context, argv);
  if (device === undefined) throw new Failure(255, 'Not enough information: "dev" argument is required.\n');
  const netdev = netdevNamed(context.call.state, context.ns, device);
  refuseUnlessRoot(context);
  const isVirtual = ['bond', 'veth', 'vlan', 'vxlan', 'dummy', 'bridge', 'tun', 'tap'].includes(netdev.kind);
  if (!isVirtual) throw new Refusal('EOPNOTSUPP');
  removeNetdev(context.call.state, netdev);
  return silent;
};

const property: Verb = (context, argv) => {
  const words = new Words(argv);
  const verb = words.next();
  if (verb !== 'add' && verb !== 'del') return failed(255, 'Operation not specified\n');
  const { device, names } = parseProperty(words);
  const netdev = netdevNamed(context.call.state, context.ns, device);
  refuseUnlessRoot(context);
  for (const name of names) {
    const isThere = findNetdev(context.call.state, context.ns, name) !== undefined;
    if (verb === 'add' && isThere) throw new Refusal('EEXIST');
    if (verb === 'del' && !netdev.altNames.includes(name)) throw new Refusal('ENOENT');
    if (verb === 'add') netdev.altNames.push(name);
    else netdev.altNames = netdev.altNames.filter((n) => n !== name);
  }
  return silent;
};

function parseProperty(words: Words): { readonly device: string; readonly names: readonly string[] } {
  let device: string | undefined;
  const names: string[] = [];
  while (!words.done) {
    const word = words.next();
    if (word === 'altname') {
      names.push(words.next());
      continue;
    }
    device = ifname(word === 'dev' ? words.next() : word, 'dev');
  }
  if (device === undefined) throw new Failure(255, 'Not enough information: "dev" argument is required.\n');
  return { device, names };
}

function refuseUnlessRoot(context: IpContext): void {
  if (context.call.state.uid !== 0) throw new Refusal('EPERM');
}

const verbs: { readonly [verb: string]: Verb } = {
  show: list,
  list,
  lst: list,
  ls: list,
  set,
  add,
  del: remove,
  delete: remove,
  property,
};
