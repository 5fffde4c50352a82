import { Failure } from '../errno.ts';
import { addNamespace, deleteNamespace, hasNamespace } from '../namespaces.ts';
import { type IpContext, printJson } from './ip-context.ts';
import { failed, type Reply, said, silent } from './program.ts';
import { own } from './words.ts';

/** `ip netns` (ip/ipnetns.c). */
export function ipNetns(context: IpContext, argv: readonly string[]): Reply {
  const [verb = 'list', ...rest] = argv;
  const act = own(verbs, verb);
  if (!act) return failed(255, `Command "${verb}" is unknown, try "ip netns help".\n`);
  return act(context, rest);
}

const verbs: {
  readonly [verb: string]: ((context: IpContext, argv: readonly string[]) => Reply) | undefined;
} = {
  list: (context) => {
    const { namespaces, namespaceFolder } = context.call.state;
    if (!context.json)
      return said(
        namespaces
          .map(
            (name) => `${name}
`,
          )
          .join(''),
      );
    // Without /run/netns, which the first `ip netns add` makes, it prints nothing at all.
    const records = namespaces.map((name) => ({ name }));
    return said(namespaceFolder ? printJson(context, records) : '');
  },
  show: (context, argv) => ipNetns(context, ['list', ...argv]),
  ls: (context, argv) => ipNetns(context, ['list', ...argv]),
  add: (context, argv) => add(context, nameOf(argv)),
  del: (context, argv) => remove(context, nameOf(argv)),
  delete: (context, argv) => remove(context, nameOf(argv)),
  pids: (context, argv) => pids(context, nameOf(argv)),
  exec: (context, argv) => exec(context, argv),
};

function nameOf(argv: readonly string[]): string {
  const [name] = argv;
  if (name === undefined) throw new Failure(1, 'No netns name specified\n');
  if (name === '' || name.includes('/') || name.length > 255 || name === '.' || name === '..') {
    throw new Failure(255, `Invalid netns name "${name}"\n`);
  }
  return name;
}

function add(context: IpContext, name: string): Reply {
  const { state } = context.call;
  if (hasNamespace(state, name)) {
    return failed(1, `Cannot create namespace file "/run/netns/${name}": File exists\n`);
  }
  if (state.uid !== 0) return failed(1, 'mkdir /run/netns failed: Permission denied\n');
  addNamespace(state, name);
  return silent;
}

function remove(context: IpContext, name: string): Reply {
  const { state } = context.call;
  if (!hasNamespace(state, name)) {
    return failed(1, `Cannot remove namespace file "/run/netns/${name}": No such file or directory\n`);
  }
  if (state.uid !== 0) {
    return failed(1, `Cannot remove namespace file "/run/netns/${name}": Operation not permitted\n`);
  }
  deleteNamespace(state, name);
  return silent;
}

function pids(context: IpContext, name: string): Reply {
  const { state } = context.call;
  if (!hasNamespace(state, name))
    return failed(1, 'Cannot open network namespace: No such file or directory\n');
  const inside = state.processes.filter((process) => process.ns === name);
  return said(inside.map((process) => `${process.pid}\n`).join(''));
}

function exec(context: IpContext, argv: readonly string[]): Reply {
  const [name, ...command] = argv;
  if (name === undefined) return failed(1, 'No netns name specified\n');
  if (command.length === 0) return failed(1, 'No command specified\n');
  if (!hasNamespace(context.call.state, name)) {
    return failed(255, `Cannot open network namespace "${name}": No such file or directory\n`);
  }
  return context.call.start({ ...context.call, argv: command, ns: name });
}
