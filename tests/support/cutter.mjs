// Cuts the path by not forwarding, for as many milliseconds as each line it reads says, and prints how long the cut really
// lasted: `node cutter.mjs`. Both ends of the outage are one write to /proc each.
import { openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const file = openSync('/proc/sys/net/ipv4/ip_forward', 'w');
const set = (value) => {
  const before = process.hrtime.bigint();
  writeSync(file, `${value}\n`, 0);
  return (before + process.hrtime.bigint()) / 2n;
};
set(1);
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const down = set(0);
  const until = down + BigInt(line) * 1_000_000n;
  await new Promise((resolve) => setTimeout(resolve, Number(line) - 2));
  while (process.hrtime.bigint() < until);
  console.log(Number(set(1) - down) / 1000);
}
