import type { LabHost } from './lab-host.ts';

const flag = '/run/clock-is-set';
const count = '/run/clock-was-set';

/** Sets the clock an hour forward and back, about once a second, until the flag is gone. */
const script = [
  'n=0',
  `while [ -e ${flag} ]`,
  "do date -s '1 hour'",
  'sleep 0.7',
  "date -s '1 hour ago'",
  'sleep 0.7',
  'n=$((n + 2))',
  `echo $n >${count}`,
  'done',
].join('; ');

/** Does something while hosts' clocks are set an hour forward and back. @throws if one was hardly set meanwhile */
export async function whileClocksStep<T>(
  lab: LabHost,
  hosts: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const begin = `touch ${flag}; echo 0 >${count}; systemd-run --collect --unit=clock-is-set sh -c '${script.replaceAll("'", `'\\''`)}'`;
  const end = `rm ${flag}; while systemctl is-active --quiet clock-is-set; do sleep 0.2; done; cat ${count}`;
  await Promise.all(hosts.map((host) => lab.ssh(begin, host)));
  let steps: readonly string[] = [];
  const ended = await work().finally(async () => {
    steps = await Promise.all(hosts.map((host) => lab.ssh(end, host)));
  });
  if (steps.some((times) => Number(times) < 4)) throw new Error(`clocks were set ${steps} times only`);
  return ended;
}
