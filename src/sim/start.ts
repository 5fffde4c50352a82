import { settleBonds } from './bond.ts';
import { because, type Call, failed, type Reply, telling } from './commands/program.ts';
import { programs } from './commands/programs.ts';
import { settleDomains } from './machines/libvirt.ts';
import { MissingProgram } from './missing.ts';
import { settleOvs } from './ovs/vswitchd.ts';
import type { SimState } from './state.ts';
import { setStarter } from './systemd/execute.ts';
import { settleUnits } from './systemd/manager.ts';

/** Runs one program on the host. @throws MissingProgram, Blocked */
export function start(state: SimState, argv: readonly string[], stdin: string): Reply {
  const reply = startIn({ state, argv, stdin, ns: '', start: startInside });
  settle(state);
  return reply;
}

/** What the kernel and the daemons do on their own after each change. */
export function settle(state: SimState): void {
  settleBonds(state);
  settleOvs(state);
  settleDomains(state);
  settleUnits(state);
}

setStarter((state, argv, env = {}) => {
  const reply = startIn({ state, argv, stdin: '', ns: '', env, start: startInside });
  settleBonds(state);
  settleOvs(state);
  return reply;
});

function startIn(call: Call): Reply {
  const name = (call.argv[0] ?? '').replace(
    /^\/(usr\/)?(local\/)?s?bin\/|^\/usr\/share\/openvswitch\/scripts\//,
    '',
  );
  const program = programs.get(name);
  if (!program) throw new MissingProgram(name);
  return telling(
    (refusal) => failed(1, `${name}: ${because(refusal)}\n`),
    () => program(call),
  );
}

function startInside(call: Call): Reply {
  try {
    return startIn(call);
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    const stderr = `exec of "${call.argv[0]}" failed: No such file or directory\n`;
    return { stdout: '', stderr, code: 255 };
  }
}
