import { failed, type Reply, silent } from '../commands/program.ts';
import type { SimState } from '../state.ts';
import { commandsIn } from './execute.ts';
import { unitNow } from './manager.ts';
import { runQueue } from './queue.ts';
import type { Job, JobType } from './state.ts';
import { enqueue, isOpen, Refused } from './transaction.ts';
import { needsReload } from './unit.ts';
import { fullName } from './unit-name.ts';

export interface JobOptions {
  /** False with `--no-block`. */
  readonly waits: boolean;
  readonly quiet: boolean;
}

/** `systemctl start` and the like: the jobs, and the output once they have ended. */
export function askJobs(
  state: SimState,
  words: readonly string[],
  type: JobType,
  verb: string,
  options: JobOptions,
): Reply {
  const asked = words.map((word) => ask(state, fullName(word), type, verb));
  const refusals = asked
    .filter((one) => one.reply.stderr !== '' || one.reply.code !== 0)
    .map((one) => one.reply);
  const ids = asked.flatMap(({ job }) => (job ? [job.id] : []));
  const stderr = refusals.map((reply) => reply.stderr).join('');
  const code = refusals.reduce((worst, reply) => (reply.code === 0 ? worst : reply.code), 0);
  runQueue(state);
  if (!options.waits) {
    for (const job of state.systemd.jobs) if (ids.includes(job.id)) job.forgotten = true;
    return { stdout: '', stderr, code };
  }
  const end = (now: SimState): Reply => {
    const reply = endOf(now, ids);
    return { stdout: '', stderr: stderr + reply.stderr, code: reply.code === 0 ? code : reply.code };
  };
  const open = state.systemd.jobs.some((job) => ids.includes(job.id) && isOpen(job));
  return open ? { ...silent, waitsFor: { jobs: ids, tell: end } } : end(state);
}

interface Answer {
  readonly job?: Job;
  readonly reply: Reply;
}

function ask(state: SimState, name: string, type: JobType, verb: string): Answer {
  const timer = type === 'stop' && stopTimer(state, name);
  if (timer) return { reply: silent };
  const unit = unitNow(state, name);
  const refuse = (code: number, text: string): Answer => ({
    reply: failed(code, `Failed to ${verb} ${name}: ${text}\n${advice(name, text)}`),
  });
  if (state.uid !== 0 && unit.load !== 'not-found') return refuse(4, 'Interactive authentication required.');
  const reloads = type === 'reload' && commandsIn(state, unit, 'ExecReload').length > 0;
  if (type === 'reload' && unit.load === 'loaded' && !reloads)
    return refuse(3, `Job type reload is not applicable for unit ${name}.`);
  if (type === 'start' && unit.load === 'loaded' && /^network(-pre)?\.target$/.test(name))
    return refuse(
      4,
      `Operation refused, unit ${name} may be requested by dependency only (it is configured to refuse manual start/stop).`,
    );
  try {
    const job = enqueue(state, name, type);
    const stale = needsReload(state, unitNow(state, name));
    return { job, reply: stale ? { ...silent, stderr: changed(name) } : silent };
  } catch (error) {
    if (error instanceof Refused) return refuse(error.code, error.message);
    throw error;
  }
}

/** If a unit's own files are at fault, systemctl says where to look. */
function advice(name: string, text: string): string {
  if (!/bad unit file setting|missing the instance name/.test(text)) return '';
  return `See system logs and 'systemctl status ${name}' for details.\n`;
}

function changed(name: string): string {
  return `Warning: The unit file, source configuration file or drop-ins of ${name} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`;
}

function stopTimer(state: SimState, name: string): boolean {
  const isMine = (unit: string) => `${unit}.timer` === name;
  const found = state.timers.some((timer) => isMine(timer.unit));
  state.timers = state.timers.filter((timer) => !isMine(timer.unit));
  return found;
}

const because: { readonly [result: string]: string } = {
  resources: 'of unavailable resources or another system error',
  protocol: 'the service did not take the steps required by its unit configuration',
  timeout: 'a timeout was exceeded',
  'exit-code': 'the control process exited with error code',
  signal: 'a fatal signal was delivered to the control process',
  'start-limit-hit': 'start of the service was attempted too often',
};

/** What systemctl prints once all its jobs have ended; removes the jobs' records. */
function endOf(state: SimState, ids: readonly number[]): Reply {
  const { systemd } = state;
  const mine = systemd.jobs.filter((job) => ids.includes(job.id));
  systemd.jobs = systemd.jobs.filter((job) => !ids.includes(job.id));
  const texts = mine.filter((job) => job.state !== 'done').map((job) => complaint(state, job));
  return texts.length === 0 ? silent : failed(1, texts.join(''));
}

function complaint(state: SimState, { unit, state: result }: Job): string {
  const look = `See "systemctl status ${unit}" and "journalctl -xeu ${unit}" for details.\n`;
  if (result === 'canceled') return `Job for ${unit} canceled.\n`;
  if (result === 'timeout') return `Job for ${unit} timed out.\n`;
  if (result === 'assert') return `Assertion failed on job for ${unit}.\n`;
  if (result === 'dependency')
    return `A dependency job for ${unit} failed. See 'journalctl -xe' for details.\n`;
  const why = unitNow(state, unit).result;
  const reason = because[why] === undefined ? '' : ` because ${because[why]}`;
  const again =
    why === 'start-limit-hit'
      ? `To force a start use "systemctl reset-failed ${unit}"\nfollowed by "systemctl start ${unit}" again.\n`
      : '';
  return `Job for ${unit} failed${reason}.\n${look}${again}`;
}
