import { nowMs } from '../clock.ts';
import { failed, type Program } from './program.ts';
import { own } from './words.ts';

/** `systemd-run --on-active=60 [--unit=U] ARGV…`: a timer that the host keeps and its owner plays. */
export const systemdRun: Program = ({ state, argv }) => {
  const options = optionsOf(argv);
  const command = argv.slice(1 + options.count);
  if (command.length === 0) return failed(1, 'Command line to execute required.\n');
  if (state.uid !== 0)
    return failed(1, 'Failed to start transient timer unit: Interactive authentication required.\n');
  const delayMs = options.onActive === undefined ? undefined : parseSpan(options.onActive);
  if (options.onActive !== undefined && delayMs === undefined) {
    return failed(1, `Failed to parse timer value: ${options.onActive}\n`);
  }
  const unit = options.unit ?? `run-u${state.timers.length + 1}`;
  if (state.timers.some((timer) => timer.unit === unit)) {
    return failed(
      1,
      `Failed to start transient timer unit: Unit ${unit}.timer was already loaded or has a fragment file.\n`,
    );
  }
  state.timers.push({ unit, dueMs: nowMs(state) + (delayMs ?? 0), argv: [...command] });
  const running = `Running timer as unit: ${unit}.timer\nWill run service as unit: ${unit}.service\n`;
  return { stdout: '', stderr: argv.includes('--quiet') || argv.includes('-q') ? '' : running, code: 0 };
};

interface RunOptions {
  readonly count: number;
  readonly unit: string | undefined;
  readonly onActive: string | undefined;
}

/** Options whose value may be the next word. */
const valued =
  /^(--unit|-u|--on-active|--description|--property|-p|--setenv|-E|--timer-property|--slice|--working-directory)$/;

function optionsOf(argv: readonly string[]): RunOptions {
  const found: { [name: string]: string } = {};
  let at = 1;
  for (let word = argv[at]; word?.startsWith('-'); word = argv[at]) {
    at += 1;
    if (word === '--') break;
    const [name = '', value] = word.split(/=(.*)/s);
    if (valued.test(word)) found[word] = argv[at++] ?? '';
    else if (value !== undefined) found[name] = value;
  }
  const unit = found['--unit'] ?? found['-u'];
  return { count: at - 1, unit: unit?.replace(/\.(service|timer)$/, ''), onActive: found['--on-active'] };
}

const spanUnits: { readonly [unit: string]: number | undefined } = {
  '': 1000,
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

function parseSpan(text: string): number | undefined {
  const parts = [...text.matchAll(/\s*(\d+(?:\.\d+)?)\s*([a-z]*)/gy)];
  const known = parts.map(([, number, unit]) => Number(number) * (own(spanUnits, unit ?? '') ?? Number.NaN));
  const total = known.reduce((sum, ms) => sum + ms, 0);
  const whole = parts.map(([part]) => part).join('') === text;
  return parts.length > 0 && whole && Number.isFinite(total) ? total : undefined;
}
