import { join } from 'node:path';
import { inTurns, tell, timed } from './figure.ts';
import { type Measured, scaleFigures } from './scale.ts';

const rounds = 3;

function plan(hosts: number): Measured {
  const { stdout } = timed([
    process.execPath,
    join(import.meta.dirname, 'programs/plan-hosts.mjs'),
    `${hosts}`,
  ]);
  return JSON.parse(stdout) as Measured;
}

const [few = [], many = []] = inTurns(rounds, [() => plan(100), () => plan(1000)]);
tell(scaleFigures('plan 1000 bare hosts × 2 PFs × 127 VFs', few, many));
