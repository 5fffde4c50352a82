import { advance } from '../clock.ts';
import { failed, type Program, silent } from '../commands/program.ts';
import { MissingProgram } from '../missing.ts';
import type { SimState } from '../state.ts';
import { endMachines, powerDown } from './power.ts';

const patienceMs = 90_000;
const stepMs = 500;

/** No Perl: of scripts it knows those that press a guest's power button through QMP and wait for its end. */
export const perl: Program = ({ state, argv, env = {} }) => {
  const path = argv.slice(1).find((word) => !word.startsWith('-')) ?? '';
  const text = Object.hasOwn(state.files, path) ? state.files[path] : undefined;
  if (text === undefined) return failed(2, `Can't open perl script "${path}": No such file or directory\n`);
  if (!text.includes('system_powerdown')) throw new MissingProgram('perl');
  const words = [...argv.slice(argv.indexOf(path) + 1), env.MAINPID ?? ''];
  // QEMU answers on its socket as soon as it runs.
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
  return waitFor(state, process.pid) ? silent : failed(1, '');
};

function waitFor(state: SimState, pid: number): boolean {
  for (let waited = 0; waited < patienceMs; waited += stepMs) {
    endMachines(state);
    if (!state.processes.some((process) => process.pid === pid)) return true;
    advance(state, stepMs);
  }
  return false;
}
