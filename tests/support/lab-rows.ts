import { HostError } from '../../src/host/host.ts';
import { memorySim } from '../../src/sim/open-sim.ts';
import type { SimHost } from '../../src/sim/sim-host.ts';
import type { LabHost } from './lab-host.ts';

/**
 * One request to a kernel, as a line:
 * `> PATH TEXT` writes an attribute, `< PATH` reads one, `@ PATH` reads a link, anything else is a command; after ` <<< `
 * comes its stdin, with `\\n` for a newline.
 */
export type Row = string;

/** `refused` is the errno of a file operation; `timeout` stands for no answer. */
export interface Answer {
  readonly row: Row;
  readonly code?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly text?: string;
  readonly refused?: string;
}

/** Runs on the host: one process for all rows, as each start of a program is slow there. */
const asker = `
const { closeSync, constants, openSync, readFileSync, readlinkSync, writeSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
function write(path, text) {
  const file = openSync(path, constants.O_WRONLY);
  try { writeSync(file, text); } finally { closeSync(file); }
}
function ask(row) {
  const [sign, path, ...text] = row.split(' ');
  try {
    if (sign === '>') return void write(path, text.join(' '));
    if (sign === '<') return { text: readFileSync(path, 'utf8') };
    if (sign === '@') return { text: readlinkSync(path) };
  } catch (error) { return { refused: error.code }; }
  const [line, stdin = ''] = row.split(' <<< ');
  const [program, ...args] = line.split(' ');
  const input = stdin.replaceAll('\\\\n', '\\n');
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input, timeout: 20000 });
  return { code: status, stdout, stderr };
}
for (const row of JSON.parse(readFileSync('/root/rows.json', 'utf8'))) console.log(JSON.stringify({ row, ...ask(row) }));
`;

function put(path: string, text: string): string {
  return `echo ${Buffer.from(text).toString('base64')} | base64 -d >${path}`;
}

/** The answers of the lab's kernel. */
export async function askLab(lab: LabHost, rows: readonly Row[]): Promise<readonly Answer[]> {
  await lab.ssh(`${put('/root/asker.cjs', asker)}; ${put('/root/rows.json', JSON.stringify(rows))}`);
  const said = await lab.ssh('node /root/asker.cjs');
  return said.split('\n').map((line) => JSON.parse(line) as Answer);
}

/** The answers of the simulated host. */
export async function askSim(sim: SimHost, rows: readonly Row[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const row of rows) answers.push({ row, ...(await askOne(sim, row)) });
  return answers;
}

async function askOne(sim: SimHost, row: Row): Promise<Omit<Answer, 'row'>> {
  const [sign = '', path = '', ...text] = row.split(' ');
  try {
    if (sign === '>') return (await sim.writeFile(path, text.join(' '))) ?? {};
    if (sign === '<') return { text: await sim.readFile(path) };
    if (sign === '@') return { text: await sim.readLink(path) };
    const [line = '', stdin] = row.split(' <<< ');
    const input = stdin === undefined ? {} : { stdin: stdin.replaceAll('\\n', '\n') };
    return { code: 0, ...(await sim.run(line.split(' '), input)) };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const { kind, errno, exitCode = -1, stdout = '', stderr = '' } = error.details;
    if (kind === 'exit') return { code: exitCode, stdout, stderr };
    return { refused: errno ?? kind };
  }
}

/** A simulated host with the names and addresses of the lab's. */
export async function simLikeLab(): Promise<SimHost> {
  const sim = memorySim({ name: 'alpha', card: 'igb', kernel: 'debian-13', numOfVfs: 7 });
  await sim.run(['ip', 'link', 'set', 'eno1', 'name', 'mgmt0']);
  sim.alter((state) => {
    for (const netdev of state.netdevs) {
      const port = ['enp1s0f0', 'enp1s0f1'].indexOf(netdev.name);
      if (port < 0) continue;
      netdev.mac = `02:00:00:00:01:0${port}`;
      netdev.permMac = netdev.mac;
      netdev.altNames = [`enx02000000010${port}`];
    }
  });
  return sim;
}
