import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { poll } from '../../src/lab/wait.ts';
import type { LabHost } from './lab-host.ts';

/** Ctrl-], which leaves the console. */
const leave = '\x1d';

/** A VM of a lab, reached with `vflane vm console`. */
export interface GuestConsole {
  /** Waits until the guest's shell answers. */
  ready(timeoutMs: number): Promise<void>;
  /** Runs a shell command in the guest; its failure is an error. */
  run(command: string, timeoutMs?: number): Promise<string>;
  /** The same, if no answer is expected. */
  say(command: string): Promise<void>;
}

export function guestConsole(lab: LabHost, guest: string): GuestConsole {
  let count = 0;
  const ask = (command: string, timeoutMs: number, again: boolean) => {
    const n = `${guest}-${++count}`;
    return talk(lab, guest, {
      line: `echo begin-${n}; { ${command}; } 2>&1; echo end-${n} $?`,
      until: new RegExp(`begin-${n}\r?\n(.*)end-${n} (\\d+)`, 's'),
      timeoutMs,
      again,
    });
  };
  return {
    ready: async (timeoutMs) => {
      let last: unknown;
      // Nor is there a console before QEMU has made it.
      const answers = () =>
        ask('true', timeoutMs, true).then(
          () => true,
          (error: unknown) => {
            last = error;
            return false;
          },
        );
      if (!(await poll(timeoutMs, 2_000, answers))) throw last;
    },
    run: async (command, timeoutMs = 120_000) => {
      const [, said = '', code] = (await ask(command, timeoutMs, false)) ?? [];
      if (code !== '0') throw new Error(`in ${guest}: ${command}: exit ${code}: ${said}`);
      return said.replaceAll('\r', '').trim();
    },
    say: async (command) => {
      const n = `${guest}-${++count}`;
      await talk(lab, guest, {
        line: `echo said-${n}; ${command}`,
        until: new RegExp(`^said-${n}\r?$`, 'm'),
        timeoutMs: 60_000,
        again: false,
      });
    },
  };
}

interface Talk {
  readonly line: string;
  readonly until: RegExp;
  readonly timeoutMs: number;
  /** Whether to repeat it: a booting guest loses its input. */
  readonly again: boolean;
}

async function talk(lab: LabHost, guest: string, { line, until, timeoutMs, again }: Talk) {
  const tool = join(lab.folder, 'tool/bin/vflane');
  const console = spawn(tool, ['vm', 'console', guest], { cwd: lab.folder, stdio: 'pipe' });
  let [said, told, isOver] = ['', '', false];
  console.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  console.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const over = new Promise((resolve) => console.once('close', resolve)).then(() => {
    isOver = true;
  });
  console.stdin.on('error', () => undefined).write(`\n${line}\n`);
  const ask = again ? setInterval(() => console.stdin.write(`\n${line}\n`), 5_000) : undefined;
  await poll(timeoutMs, 100, () => until.test(said) || isOver);
  clearInterval(ask);
  console.stdin.end(leave);
  await over;
  const heard = until.exec(said);
  if (heard === null) throw new Error(`${guest} did not answer ${line}: ${said.slice(-2_000)}${told}`);
  return heard;
}
