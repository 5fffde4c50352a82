import { join } from 'node:path';
import type { LabHost } from './lab-host.ts';
import { guestFolder, makeInitrd } from './nested-files.ts';
import { carryQemu } from './nested-qemu.ts';
import { shellWord } from './shell-word.ts';

/** A VM on the first host of a lab, with only its VFs and a serial line. */
export interface NestedGuest {
  /** Runs a shell command in the guest; its failure is an error. */
  run(command: string, timeoutMs?: number): Promise<string>;
  /** Shuts it down from inside. */
  powerOff(): Promise<void>;
}

export interface NestedMachine {
  /** QEMU's arguments for its VFs, as `vflane export guest` prints them. */
  readonly devices: readonly string[];
  /** Becomes `/recipe` in the guest. */
  readonly recipe: string;
}

/** The log's last line. */
const ended = 'guest-ended';

const at = (name: string) => `${guestFolder}/${name}`;

/** An emulated processor needs no calibration and no mitigations. */
const kernelArguments =
  'console=ttyS0 quiet loglevel=1 panic=-1 tsc=reliable mitigations=off nokaslr audit=0 lsm=landlock';

/**
 * What runs the guest. QEMU's emulated processor has AMD's virtualization (svm), and KVM on it starts a guest in a fifth of
 * the time that an emulator within the emulator takes.
 */
type Accel = 'kvm' | 'tcg';

const accelWords: { readonly [accel in Accel]: readonly string[] } = {
  kvm: ['-accel', 'kvm', '-cpu', 'host'],
  tcg: ['-accel', 'tcg,tb-size=64', '-cpu', 'max'],
};

function argvOf(qemu: readonly string[], { devices }: NestedMachine, accel: Accel): readonly string[] {
  return [
    ...qemu,
    // Otherwise the loader that starts it would be the process's name.
    ...['-name', 'guest,process=qemu-guest'],
    ...['-M', 'q35,kernel-irqchip=split', ...accelWords[accel], '-m', '256M'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-pidfile', at('pid'), '-kernel', '/boot/lab-vmlinuz', '-initrd', at('initrd')],
    ...['-append', kernelArguments],
    // iPXE in the VFs' ROMs would first look for a server.
    ...devices.flatMap((device) => ['-device', `${device},rombar=0`]),
  ];
}

/** Copies what a guest needs to the first host; nothing runs yet. Returns the words before QEMU's own arguments. */
export async function makeGuest(lab: LabHost, { recipe }: NestedMachine): Promise<readonly string[]> {
  await lab.ssh(makeInitrd(recipe));
  return carryQemu(join(lab.folder, '.vflane/lab/ssh_config'), 'alpha');
}

/** A host whose processor has no working virtualization needs longer. */
const longestStartMs: { readonly [accel in Accel]: number } = { kvm: 150_000, tcg: 400_000 };

/** Starts QEMU, and returns when the guest accepts commands. */
export async function startGuest(
  lab: LabHost,
  qemu: readonly string[],
  machine: NestedMachine,
): Promise<NestedGuest> {
  const { code } = await lab.trySsh('{ modprobe kvm_amd || modprobe kvm_intel; } && [ -e /dev/kvm ]');
  const start = (accel: Accel) => startAs(lab, argvOf(qemu, machine, accel), longestStartMs[accel]);
  if (code !== 0) return start('tcg');
  return start('kvm').catch((error: unknown) => {
    console.log(`without KVM: ${error}`);
    return start('tcg');
  });
}

async function startAs(lab: LabHost, argv: readonly string[], timeoutMs: number): Promise<NestedGuest> {
  // Opened for reading and writing, the pipe has no end while QEMU runs.
  const start = `${argv.map(shellWord).join(' ')} 0<>${at('in')} >>${at('log')} 2>&1; echo ${ended} $? >>${at('log')}`;
  await lab.ssh(`: >${at('log')}; setsid sh -c ${shellWord(start)} </dev/null >/dev/null 2>&1 &`);
  try {
    await waitFor(lab, 'guest-ready', timeoutMs);
  } catch (error) {
    // Includes the shell around it, which would write to the next one's log.
    await lab.trySsh(`kill -KILL -- -$(($(ps -o pgid= -p $(cat ${at('pid')}))))`);
    throw error;
  }
  return consoleOf(lab);
}

function consoleOf(lab: LabHost): NestedGuest {
  let count = 0;
  return {
    run: async (command, commandTimeoutMs = 60_000) => {
      const n = ++count;
      const line = `echo begin-${n}; { ${command}; } 2>&1; echo end-${n} $?`;
      await lab.ssh(`printf '%s\\n' ${shellWord(line)} > ${at('in')}`);
      const log = await waitFor(lab, `end-${n} `, commandTimeoutMs);
      const [, said = '', code] = new RegExp(`begin-${n}\n(.*)end-${n} (\\d+)`, 's').exec(log) ?? [];
      if (code !== '0') throw new Error(`in the guest: ${command}: exit ${code}: ${said}`);
      return said.trim();
    },
    powerOff: async () => {
      await lab.ssh(`echo 'poweroff -f' > ${at('in')}`);
      await waitFor(lab, ended, 60_000);
    },
  };
}

/** The serial line's log, once it has a line with this start. One process on the host waits, as it has one processor. */
async function waitFor(lab: LabHost, words: string, timeoutMs: number): Promise<string> {
  const seconds = Math.ceil(timeoutMs / 1000);
  const heard = `until grep -Eq '^(${words}|${ended})' ${at('log')}; do sleep 0.5; done`;
  const ran = await lab.trySsh(
    `timeout ${seconds} sh -c ${shellWord(heard)}; cat ${at('log')}`,
    timeoutMs + 30_000,
  );
  const log = ran.stdout.replaceAll('\r', '');
  if (log.split('\n').some((line) => line.startsWith(words))) return log;
  throw new Error(`the guest did not say ${words} within ${seconds} s: ${log.slice(-2_000)}${ran.stderr}`);
}
