import type { Answer } from '../ovs-real.ts';
import type { LabHost } from './lab-host.ts';
import { words } from './ovs-answers.ts';

/** As in dummy-ovs.ts: separate daemons in a folder, with dummy netdevs. */
const folder = '/root/ovs';
const environment = ['RUN', 'LOG', 'DB'].map((what) => `OVS_${what}DIR=${folder}`).join(' ');
const daemon = '/usr/lib/openvswitch-switch/ovs-vswitchd';

function detached(name: string): string {
  return `--detach --no-chdir --pidfile=${folder}/${name}.pid --log-file=${folder}/${name}.log`;
}

const startDaemon = `${daemon} unix:${folder}/db.sock --enable-dummy=system --disable-system ${detached('ovs-vswitchd')} 2>/dev/null`;
const stopDaemon = `kill $(cat ${folder}/ovs-vswitchd.pid); while kill -0 $(cat ${folder}/ovs-vswitchd.pid) 2>/dev/null; do sleep 0.05; done; rm -f ${folder}/ovs-vswitchd.pid`;

/** Starts it on the first host of a lab. */
export async function startLabOvs(lab: LabHost): Promise<void> {
  const version = 'ovs_version=$(ovs-vsctl --version | sed -n "1s/.* //p")';
  await lab.ssh(
    `export ${environment}; mkdir -p ${folder}
ovsdb-tool create ${folder}/conf.db /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server ${folder}/conf.db --remote=punix:${folder}/db.sock ${detached('ovsdb-server')} 2>/dev/null
ovs-vsctl --no-wait init -- set Open_vSwitch . ${version}
${startDaemon}`,
  );
}

/**
 * One process for all lines, as each start of a program is slow there. The daemon reports some errors a moment after
 * ovs-vsctl has waited for it (vswitchd/bridge.c, run_status_update).
 */
const asker = `
const { spawnSync } = require('node:child_process');
const env = { ...process.env, LC_ALL: 'C' };
for (const [[program, ...args], input] of JSON.parse(require('node:fs').readFileSync('/root/lines.json', 'utf8'))) {
  const ask = () => spawnSync(program, args, { env, input, encoding: 'utf8', timeout: 5000 });
  let said = ask();
  for (let tries = 0; tries < 20 && args.includes('error') && /^(\\[\\]\\n)+$/.test(said.stdout); tries++) {
    spawnSync('sleep', ['0.1']);
    said = ask();
  }
  const { status, stdout, stderr } = said;
  console.log(JSON.stringify({ code: status ?? 142, stdout, stderr }));
}`;

/** Its answers to these lines; RESTART and STOP are for its daemon. */
export async function askLabOvs(lab: LabHost, lines: readonly string[]): Promise<readonly Answer[]> {
  const calls = lines.map((line) => {
    const [command = '', stdin = ''] = line.split(' <<< ');
    const own = { RESTART: `${stopDaemon}; ${startDaemon}`, STOP: stopDaemon }[command];
    return [own ? ['sh', '-c', own] : words(command), stdin.replaceAll('\\n', '\n')];
  });
  const put = (path: string, text: string) =>
    `echo ${Buffer.from(text).toString('base64')} | base64 -d >${path}`;
  await lab.ssh(`${put('/root/asker.cjs', asker)}; ${put('/root/lines.json', JSON.stringify(calls))}`);
  const { stdout, stderr } = await lab.trySsh(`${environment} node /root/asker.cjs`, 240_000);
  const said = stdout.trim().split('\n');
  if (said.length !== lines.length)
    throw new Error(`${said.length} answers to ${lines.length} lines: ${stderr}`);
  return said.map((line) => JSON.parse(line) as Answer);
}
