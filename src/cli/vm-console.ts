import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type OpenSocket, openSocket, type SocketPlace } from '../host/open-socket.ts';
import type { FabricHost } from '../model/fabric.ts';
import { guestPaths } from '../model/guest-paths.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { readFabricFile, stateDir } from './fabric-file.ts';
import { withFleet } from './fleet.ts';
import { UsageError } from './usage-error.ts';
import { vmsNamed } from './vm-names.ts';

/** Ctrl-], the escape of telnet and virsh, too. */
const leaving = 0x1d;

/** The serial console of a VM, until Ctrl-] or the end of piped input. */
export const run: VerbHandler = (context, names) =>
  withFleet(context, 'vflane.vm-console/1', async (fleet) => {
    const [vm] = vmsNamed(fleet, names);
    if (vm === undefined) throw new UsageError('no VM is named', 'Say which: vflane vm console NAME.');
    const { host, guest } = vm;
    const ssh = sshTo(context, host);
    if (guest.vm?.manager === 'libvirt') return throughVirsh(guest.name, ssh);
    const place = { host: host.name, path: guestPaths(guest.name).console, ...(ssh && { ssh }) };
    context.output.log(`${guest.name} on ${host.name}; leave with Ctrl-]`);
    const { isOver, wasHeard } = await talk(await openSocket(place));
    // ssh opens a forwarding even to a missing socket, and then ends it.
    if (isOver && !wasHeard) context.output.log(silence(guest.name, host.name));
    return isOver && !wasHeard ? exitCodes.preconditionsNotMet : exitCodes.asAsked;
  });

function silence(guest: string, host: string): string {
  return `the console of ${guest} on ${host} has ended at once: it does not run. Say \`vflane vm start ${guest}\`.`;
}

function sshTo(context: VerbContext, { name, connect }: FabricHost): SocketPlace['ssh'] {
  if (connect.kind === 'local') return undefined;
  if (connect.kind === 'ssh') return { destination: connect.destination };
  if (connect.kind === 'lab') {
    const folder = stateDir(context, readFabricFile(context).path);
    return { destination: connect.machine, config: join(folder, 'lab', 'ssh_config') };
  }
  throw new UsageError(`${name} is simulated, and so are its guests`, 'They have no console.');
}

function throughVirsh(name: string, ssh: SocketPlace['ssh']): Promise<number> {
  const virsh = ['virsh', '--connect=qemu:///system', 'console', name];
  const config = ssh?.config === undefined ? [] : ['-F', ssh.config];
  const [program = '', ...words] = ssh ? ['ssh', '-t', ...config, '--', ssh.destination, ...virsh] : virsh;
  const child = spawn(program, words, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0 ? exitCodes.asAsked : exitCodes.failed));
  });
}

async function talk({ socket, close }: OpenSocket): Promise<Ended> {
  const { stdin, stdout } = process;
  const isTerminal = stdin.isTTY === true;
  if (isTerminal) stdin.setRawMode(true);
  try {
    return await bridge(socket, stdin, stdout);
  } finally {
    if (isTerminal) stdin.setRawMode(false);
    stdin.pause();
    socket.destroy();
    await close();
  }
}

export interface Ended {
  /** Ended by the other side, neither by the user nor by the end of piped input. */
  readonly isOver: boolean;
  /** Whether it printed anything. */
  readonly wasHeard: boolean;
}

/** Passes on both ways, until one side ends or the user leaves. */
export function bridge(
  socket: Readable & Writable,
  from: Readable,
  to: Pick<Writable, 'write'>,
): Promise<Ended> {
  let [wasHeard, wasEnded] = [false, false];
  return new Promise((resolve) => {
    const over = () => resolve({ isOver: !wasEnded, wasHeard });
    socket.on('data', (data: Buffer) => {
      wasHeard = true;
      to.write(data);
    });
    socket.once('close', over);
    // A connection that is reset while data is written has ended as well.
    socket.on('error', over);
    from.on('data', (data: Buffer) => {
      const end = data.indexOf(leaving);
      if (end !== 0) socket.write(end < 0 ? data : data.subarray(0, end));
      if (end >= 0) resolve({ isOver: false, wasHeard });
    });
    from.once('end', () => {
      wasEnded = true;
      socket.end();
    });
  });
}
