import { advance } from '../clock.ts';
import { type Call, failed, type Program, type Reply, silent } from '../commands/program.ts';
import { MissingProgram } from '../missing.ts';
import type { SimState } from '../state.ts';
import { destroy } from './libvirt.ts';
import { endMachines, powerDown } from './power.ts';
import { hasRunWith, qemu } from './qemu.ts';

const patienceMs = 90_000;
const stepMs = 500;

/** Not a Perl: it knows only the scripts that press a guest's power button through QMP and wait for its end. */
export const perl: Program = (call) => {
  const { state, argv, env = {} } = call;
  const path = argv.slice(1).find((word) => !word.startsWith('-')) ?? '';
  const text = Object.hasOwn(state.files, path) ? state.files[path] : undefined;
  if (text === undefined) return failed(2, `Can't open perl script "${path}": No such file or directory\n`);
  if (!text.includes('system_powerdown')) throw new MissingProgram('perl');
  const [to, ...rest] = argv.slice(argv.indexOf(path) + 1);
  if (to === 'run') return becomeQemu(call, rest);
  const words = [to ?? '', ...rest, env.MAINPID ?? ''];
  // The simulated QEMU answers on its socket as soon as it runs.
  if (words[0] === 'up') return silent;
  const process = state.processes.find(
    ({ pid, machine }) =>
      machine &&
      (words.includes(String(pid)) ||
        words.includes(machine.name) ||
        machine.sockets.some((socket) => words.includes(socket.path))),
  );
  if (!process?.machine) return silent;
  powerDown(state, process.machine);
  if (waitFor(state, process.pid)) return silent;
  if (to !== 'domain') return failed(1, '');
  const domain = state.domains?.[rest[0] ?? ''];
  if (domain) destroy(state, domain);
  return silent;
};

/** `run UID DISK IMAGE QEMU OPTIONS`: adds this QEMU's option to become another user. */
function becomeQemu(call: Call, [uid, _disk, _image, ...argv]: readonly string[]): Reply {
  const drop = hasRunWith(call.state) ? ['-run-with', `user=${uid}:${uid}`] : ['-runas', `${uid}:${uid}`];
  return qemu({ ...call, argv: [...argv, ...drop] });
}

function waitFor(state: SimState, pid: number): boolean {
  for (let waited = 0; waited < patienceMs; waited += stepMs) {
    endMachines(state);
    if (!state.processes.some((process) => process.pid === pid)) return true;
    advance(state, stepMs);
  }
  return false;
}
