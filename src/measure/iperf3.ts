/** What one run of iperf3 sent in one direction. */
export interface Iperf3Flow {
  readonly direction: 'forward' | 'reverse';
  /** As the receiver counted it: what was sent and lost is not throughput. */
  readonly bitsPerSecond: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Undefined if the sender cannot count them (UDP, another operating system). */
  readonly retransmits: number | undefined;
}

export interface Iperf3Run {
  /** `3.12`. */
  readonly version: string;
  readonly flows: readonly Iperf3Flow[];
  /** Percent of one core, at the client and at the server. */
  readonly cpu: { readonly client: number; readonly server: number } | undefined;
}

/** iperf3's own error message, which may come with exit code 0. */
export interface Iperf3Failure {
  readonly failed: string;
}

type Json = { readonly [key: string]: unknown };

/** The answer of `iperf3 --json --client …`, of 3.12 as of 3.16 and later. */
export function parseIperf3(stdout: string): Iperf3Run | Iperf3Failure {
  const whole = objectOf(parsed(stdout));
  if (whole === undefined) return { failed: 'iperf3 did not answer in JSON' };
  if (typeof whole.error === 'string') return { failed: whole.error };
  const end = objectOf(whole.end) ?? {};
  const reversed = objectOf(objectOf(whole.start)?.test_start)?.reverse === 1;
  const flows = [
    flowOf(end, '', reversed ? 'reverse' : 'forward'),
    flowOf(end, '_bidir_reverse', 'reverse'),
  ].filter((flow) => flow !== undefined);
  if (flows.length === 0) return { failed: 'iperf3 ended without a sum' };
  return { version: versionOf(whole), flows, cpu: cpuOf(end) };
}

function flowOf(end: Json, suffix: string, direction: Iperf3Flow['direction']): Iperf3Flow | undefined {
  // UDP in 3.12 has one sum for both ends.
  const received = objectOf(end[`sum_received${suffix}`]) ?? objectOf(end[`sum${suffix}`]);
  const [bitsPerSecond, bytes] = [numberOf(received?.bits_per_second), numberOf(received?.bytes)];
  const seconds = numberOf(received?.seconds);
  if (bitsPerSecond === undefined || bytes === undefined || seconds === undefined) return undefined;
  const retransmits = numberOf(objectOf(end[`sum_sent${suffix}`])?.retransmits);
  return { direction, bitsPerSecond, bytes, seconds, retransmits };
}

function cpuOf(end: Json): Iperf3Run['cpu'] {
  const told = objectOf(end.cpu_utilization_percent);
  const [client, server] = [numberOf(told?.host_total), numberOf(told?.remote_total)];
  return client === undefined || server === undefined ? undefined : { client, server };
}

function versionOf(whole: Json): string {
  return iperf3Version(String(objectOf(whole.start)?.version ?? '')) ?? 'unknown';
}

/** `iperf 3.12 (cJSON 1.7.15)` → `3.12`. */
export function iperf3Version(text: string): string | undefined {
  return /^iperf (\d+\.\d+(\.\d+)?)/m.exec(text)?.[1];
}

/** From 3.16 on every stream has a thread of its own, so that versions on either side of it are different tools. */
export function isThreaded(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 16);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
