import { Failure, type Refusal } from '../errno.ts';
import { hasNamespace } from '../namespaces.ts';
import { ipAddress } from './ip-address.ts';
import { splitLine } from './ip-batch.ts';
import type { IpContext } from './ip-context.ts';
import { ipLink } from './ip-link.ts';
import { ipNeighbour } from './ip-neighbour.ts';
import { ipNetns } from './ip-netns.ts';
import { ipRoute } from './ip-route.ts';
import { ipTuntap } from './ip-tuntap.ts';
import { because, type Call, failed, type Program, type Reply, said, telling } from './program.ts';
import { own, Words } from './words.ts';

type Verb = (context: IpContext, words: readonly string[]) => Reply;

/** In iproute2's order: an abbreviation means the first match. */
const objects: readonly (readonly [string, Verb])[] = [
  ['address', ipAddress],
  ['route', ipRoute],
  ['rule', () => said('')],
  ['neighbor', ipNeighbour],
  ['neighbour', ipNeighbour],
  ['link', ipLink],
  ['netns', ipNetns],
  ['tuntap', ipTuntap],
  ['tap', ipTuntap],
];

/** `ip`, iproute2's: 6.1 on Debian 12, 6.15 on 13. */
export const ip: Program = (call) => telling(tellNetlink, () => main(call));

/** Prints extack's sentence or the errno's text, never both (lib/libnetlink.c). */
function tellNetlink(refusal: Refusal): Reply {
  return failed(
    2,
    refusal.extack ? `Error: ${refusal.extack}.\n` : `RTNETLINK answers: ${because(refusal)}\n`,
  );
}

interface Options {
  readonly context: IpContext;
  readonly force: boolean;
  readonly batch: string | undefined;
  readonly rest: readonly string[];
}

function main(call: Call): Reply {
  const options = parseOptions(call);
  if (options === 'version')
    return said(
      `ip utility, iproute2-${call.state.kernel === 'debian-12' ? '6.1.0' : '6.15.0'}, libbpf 1.5.0\n`,
    );
  return options.batch === undefined
    ? dispatch(options.context, options.rest)
    : batch(options.context, call.stdin, options.force);
}

function parseOptions(call: Call): Options | 'version' {
  const words = new Words(call.argv.slice(1));
  const context = {
    call,
    ns: call.ns,
    json: false,
    pretty: false,
    details: false,
    stats: false,
    brief: false,
    family: 0,
  };
  let force = false;
  let batchFile: string | undefined;
  const flags: { readonly [option: string]: () => void } = {
    '-j': () => {
      context.json = true;
    },
    '-d': () => {
      context.details = true;
    },
    '-s': () => {
      context.stats = true;
    },
    '-p': () => {
      context.pretty = true;
    },
    '-o': () => {},
    '-0': () => {},
    '-4': () => {
      context.family = 4;
    },
    '-6': () => {
      context.family = 6;
    },
    '-br': () => {
      context.brief = true;
    },
    '-force': () => {
      force = true;
    },
    '-n': () => {
      context.ns = namespaceOf(call, words.next());
    },
    '-b': () => {
      batchFile = words.next();
    },
  };
  for (let option = words.peek(); option?.startsWith('-'); option = words.peek()) {
    const name = own(longOptions, option.replace(/^--/, '-')) ?? option;
    if (name === '-V') return 'version';
    words.next();
    const act = own(flags, name);
    if (!act) throw new Failure(255, `Option "${option}" is unknown, try "ip -help".\n`);
    act();
  }
  return { context, force, batch: batchFile, rest: words.rest() };
}

const longOptions: { readonly [name: string]: string | undefined } = {
  '-json': '-j',
  '-details': '-d',
  '-stats': '-s',
  '-statistics': '-s',
  '-pretty': '-p',
  '-oneline': '-o',
  '-brief': '-br',
  '-netns': '-n',
  '-batch': '-b',
  '-Version': '-V',
};

function namespaceOf(call: Call, name: string): string {
  if (name !== '' && hasNamespace(call.state, name)) return name;
  throw new Failure(255, `Cannot open network namespace "${name}": No such file or directory\n`);
}

function dispatch(context: IpContext, argv: readonly string[]): Reply {
  const [object = '', ...rest] = argv;
  if (object === '') return failed(255, 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n');
  const found = objects.find(([name]) => name.startsWith(object));
  return found ? found[1](context, rest) : failed(1, `Object "${object}" is unknown, try "ip help".\n`);
}

/** Line by line: the first failure ends it, unless forced; an unknown command always ends it (lib/utils.c). */
function batch(context: IpContext, text: string, force: boolean): Reply {
  const out: string[] = [];
  const err: string[] = [];
  let code = 0;
  for (const [at, line] of text.split('\n').entries()) {
    const words = splitLine(line);
    if (words.length === 0) continue;
    const reply = telling(tellNetlink, () => dispatch(context, words));
    out.push(reply.stdout);
    err.push(reply.stderr);
    if (reply.code === 255) return { stdout: out.join(''), stderr: err.join(''), code: 255 };
    if (reply.code === 0) continue;
    err.push(`Command failed -:${at + 1}\n`);
    code = 1;
    if (!force) break;
  }
  return { stdout: out.join(''), stderr: err.join(''), code };
}
