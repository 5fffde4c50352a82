import { failed, type Program, type Reply, said } from '../commands/program.ts';
import { Refusal } from '../errno.ts';
import { readFile } from '../files/root.ts';
import { MissingProgram } from '../missing.ts';
import { isInstalled, versionOf } from '../packages.ts';
import type { SimState } from '../state.ts';
import { askAgent } from './agent.ts';
import { domainOf } from './domain.ts';
import { destroy, shutdown, startDomain, VirError } from './libvirt.ts';
import type { Domain } from './machine.ts';
import { hasAgent } from './power.ts';

/** `virsh [-r] [-q] [-c URI] COMMAND …`, for qemu:///system (texts of 9.0 and 11.3). */
export const virsh: Program = ({ state, argv }) => {
  if (!isInstalled(state, 'libvirt-clients')) throw new MissingProgram('virsh');
  const words = argv.slice(1);
  let readOnly = false;
  while (words[0]?.startsWith('-')) {
    const option = words.shift() ?? '';
    if (option === '-r' || option === '--readonly') readOnly = true;
    else if (option === '-c' || option === '--connect') words.shift();
    else if (option === '--version' || option === '-v' || option === '-V')
      return said(`${versionOf(state, 'libvirt-clients').split('-')[0]}\n`);
  }
  const [command = '', ...args] = words;
  const act = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!act) return failed(1, `error: unknown command: '${command}'\n`);
  if (state.systemd.units['libvirtd.service']?.active !== 'active')
    return failed(
      1,
      "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory\n",
    );
  return telling(() => act({ state, readOnly, flags: args.filter(isFlag), args: args.filter(isWord) }));
};

interface Asked {
  readonly state: SimState;
  readonly readOnly: boolean;
  readonly flags: readonly string[];
  readonly args: readonly string[];
}

function isFlag(word: string): boolean {
  return word.startsWith('--');
}

/** Whether a word is neither an option nor the value that follows one. */
function isWord(word: string, at: number, all: readonly string[]): boolean {
  return !isFlag(word) && all[at - 1] !== '--timeout';
}

function telling(act: () => Reply): Reply {
  try {
    return act();
  } catch (error) {
    if (error instanceof VirError)
      return failed(1, `${error.lines.map((line) => `error: ${line}\n`).join('')}\n`);
    throw error;
  }
}

function found({ state, args }: Asked): Domain {
  const name = args[0] ?? '';
  const { domains = {} } = state;
  const domain = Object.hasOwn(domains, name)
    ? domains[name]
    : Object.values(domains).find(({ uuid }) => uuid === name);
  if (!domain) throw new VirError(`failed to get domain '${name}'`);
  return domain;
}

/** libvirt itself refuses every change on a read-only connection. */
function change(what: string, call: string, act: (asked: Asked) => Reply): (asked: Asked) => Reply {
  return (asked) => {
    if (!asked.readOnly) return act(asked);
    throw new VirError(
      `Failed to ${what} domain${asked.args[0] ? ` '${asked.args[0]}'` : ''}`,
      `operation forbidden: read only access prevents ${call}`,
    );
  };
}

const about = (domain: Domain, what: string) => said(`Domain '${domain.name}' ${what}\n\n`);

const commands: { readonly [name: string]: ((asked: Asked) => Reply) | undefined } = {
  list,
  define: (asked) => define(asked),
  undefine: change('undefine', 'virDomainUndefine', (asked) => undefine(asked)),
  dumpxml: (asked) => said(`${found(asked).xml}\n`),
  domstate: (asked) => said(`${stateOf(asked.state, found(asked))}${reason(asked)}\n\n`),
  domuuid: (asked) => said(`${found(asked).uuid}\n\n`),
  dominfo: (asked) => said(info(asked.state, found(asked))),
  start: change('start', 'virDomainCreate', (asked) => {
    const domain = found(asked);
    startDomain(asked.state, domain);
    return about(domain, 'started');
  }),
  'qemu-agent-command': (asked) => agentCommand(asked),
  shutdown: change('shutdown', 'virDomainShutdown', (asked) => {
    const domain = found(asked);
    shutdown(asked.state, domain);
    return about(domain, 'is being shutdown');
  }),
  destroy: change('destroy', 'virDomainDestroy', (asked) => {
    const domain = found(asked);
    destroy(asked.state, domain);
    return about(domain, 'destroyed');
  }),
  autostart: change('mark', 'virDomainSetAutostart', (asked) => {
    const domain = found(asked);
    domain.autostart = !asked.flags.includes('--disable');
    return about(domain, domain.autostart ? 'marked as autostarted' : 'unmarked as autostarted');
  }),
};

/** A guest that has shut itself down is shut off. */
function isRunning(state: SimState, domain: Domain): boolean {
  return state.processes.some(({ pid }) => pid === domain.pid);
}

/** src/libvirt-qemu.c, virDomainQemuAgentCommand; src/qemu/qemu_domain.c, qemuDomainAgentAvailable. */
function agentCommand(asked: Asked): Reply {
  const { state, readOnly, args } = asked;
  const domain = found(asked);
  if (readOnly)
    throw new VirError('operation forbidden: read only access prevents virDomainQemuAgentCommand');
  const process = state.processes.find(({ pid }) => pid === domain.pid);
  const machine = process?.machine;
  if (!process || !machine) throw new VirError('Requested operation is not valid: domain is not running');
  if (!machine.sockets.some(({ kind }) => kind === 'agent'))
    throw new VirError('argument unsupported: QEMU guest agent is not configured');
  const line = args[1] ?? '';
  const [answer] = hasAgent(state, machine) ? askAgent(state, process, line) : [];
  if (answer === undefined)
    throw new VirError('Guest agent is not responding: QEMU guest agent is not connected');
  const { error } = JSON.parse(answer) as { readonly error?: { readonly desc: string } };
  if (error === undefined) return said(`${answer}\n`);
  const { execute } = JSON.parse(line) as { readonly execute: string };
  throw new VirError(`internal error: unable to execute QEMU agent command '${execute}': ${error.desc}`);
}

function stateOf(state: SimState, domain: Domain): string {
  const process = state.processes.find(({ pid }) => pid === domain.pid);
  if (!process) return 'shut off';
  return process.machine?.paused ? 'paused' : 'running';
}

function reason({ state, args, flags }: Asked): string {
  if (!flags.includes('--reason')) return '';
  const domain = found({ state, args, flags, readOnly: true });
  return isRunning(state, domain) ? ' (booted)' : ` (${domain.ended ?? 'unknown'})`;
}

function list({ state, flags }: Asked): Reply {
  const everything = Object.values(state.domains ?? {}).sort((a, b) => (a.name < b.name ? -1 : 1));
  const shown = everything.filter((domain) =>
    flags.includes('--all')
      ? true
      : flags.includes('--inactive')
        ? !isRunning(state, domain)
        : isRunning(state, domain),
  );
  if (flags.includes('--name')) return said(`${shown.map(({ name }) => `${name}\n`).join('')}\n`);
  if (flags.includes('--uuid')) return said(`${shown.map(({ uuid }) => `${uuid}\n`).join('')}\n`);
  const width = Math.max(4, ...shown.map(({ name }) => name.length));
  const rows = shown.map((domain, at) => {
    const id = isRunning(state, domain) ? String(at + 1) : '-';
    return ` ${id.padEnd(4)} ${domain.name.padEnd(width)}   ${stateOf(state, domain)}\n`;
  });
  return said(` Id   ${'Name'.padEnd(width)}   State\n${'-'.repeat(width + 19)}\n${rows.join('')}\n`);
}

function info(state: SimState, domain: Domain): string {
  const line = (name: string, value: string) => `${`${name}:`.padEnd(16)}${value}\n`;
  return `${line('Id', isRunning(state, domain) ? '1' : '-')}${line('Name', domain.name)}${line('UUID', domain.uuid)}${line('State', stateOf(state, domain))}${line('Persistent', 'yes')}${line('Autostart', domain.autostart ? 'enable' : 'disable')}\n`;
}

function define({ state, readOnly, args }: Asked): Reply {
  const path = args[0] ?? '';
  let text: string;
  try {
    text = readFile(state, '', path);
  } catch (error) {
    if (error instanceof Refusal)
      throw new VirError(`Failed to open file '${path}': No such file or directory`);
    throw error;
  }
  if (readOnly)
    throw new VirError(
      `Failed to define domain from ${path}`,
      'operation forbidden: read only access prevents virDomainDefineXML',
    );
  const domain = domainOf(state, text);
  if (typeof domain === 'string') throw new VirError(`Failed to define domain from ${path}`, domain);
  state.domains ??= {};
  const old = state.domains[domain.name];
  if (old && old.uuid !== domain.uuid)
    throw new VirError(
      `Failed to define domain from ${path}`,
      `operation failed: domain '${domain.name}' already exists with uuid ${old.uuid}`,
    );
  state.domains[domain.name] = {
    ...domain,
    autostart: old?.autostart ?? false,
    pid: old?.pid ?? 0,
    managed: old?.managed ?? [],
  };
  return said(`Domain '${domain.name}' defined from ${path}\n\n`);
}

function undefine(asked: Asked): Reply {
  const domain = found(asked);
  if (asked.state.domains) delete asked.state.domains[domain.name];
  return about(domain, 'has been undefined');
}
