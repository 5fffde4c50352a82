import { HostError, type HostErrorDetails } from '../../host/host.ts';
import type { SimHost } from '../sim-host.ts';

export interface Told {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs a line of words, whether or not it succeeds. */
export async function tell(host: SimHost, line: string, stdin?: string): Promise<Told> {
  try {
    const ran = await host.run(line.split(' '), stdin === undefined ? {} : { stdin });
    return { ...ran, code: 0 };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { exitCode = -1, stdout = '', stderr = '' } = error.details;
    return { stdout, stderr, code: exitCode };
  }
}

/** Runs lines that must succeed. */
export async function does(host: SimHost, ...lines: readonly string[]): Promise<void> {
  for (const line of lines) await host.run(line.split(' '));
}

/** The error that an operation was refused with. */
export async function refusal(attempt: Promise<unknown>): Promise<HostErrorDetails> {
  const error = await attempt.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof HostError) return error.details;
  throw error;
}

export async function errno(attempt: Promise<unknown>): Promise<string | undefined> {
  return (await refusal(attempt)).errno;
}

export const sys = '/sys/bus/pci';
export const pf0 = `${sys}/devices/0000:03:00.0`;
export const pf1 = `${sys}/devices/0000:03:00.1`;
export const netdev0 = 'enp3s0f0np0';
export const netdev1 = 'enp3s0f1np1';

/** One VF's record of `ip -j link show`. */
export async function vfRecord(host: SimHost, netdev: string, vf: number): Promise<unknown> {
  const { stdout } = await host.query(['ip', '-j', 'link', 'show', 'dev', netdev]);
  return JSON.parse(stdout)[0].vfinfo_list?.[vf];
}

export async function linkRecord(host: SimHost, netdev: string, ns = ''): Promise<Record<string, unknown>> {
  const where = ns === '' ? [] : ['-n', ns];
  const { stdout } = await host.query(['ip', ...where, '-j', '-d', 'addr', 'show', 'dev', netdev]);
  return JSON.parse(stdout)[0];
}

export async function driverOf(host: SimHost, pci: string): Promise<string> {
  const link = await host.readLink(`${sys}/devices/${pci}/driver`).catch(() => '');
  return link.split('/').at(-1) ?? '';
}

/** Makes VFs on both ports, without drivers. */
export async function makeVfs(host: SimHost, count: number): Promise<void> {
  for (const pf of [pf0, pf1]) {
    await host.writeFile(`${pf}/sriov_drivers_autoprobe`, '0');
    await host.writeFile(`${pf}/sriov_numvfs`, String(count));
  }
}

export async function toVfio(host: SimHost, pci: string): Promise<void> {
  await host.run(['modprobe', 'vfio-pci']);
  await host.writeFile(`${sys}/devices/${pci}/driver_override`, 'vfio-pci');
  await host.writeFile(`${sys}/drivers_probe`, pci);
}
