import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { agentOfDomain, domainOf } from './domain-agent.ts';
import { localHost } from './local-host.ts';

const folder = mkdtempSync(join(tmpdir(), 'vflane-virsh-'));
afterAll(() => rmSync(folder, { recursive: true }));
const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
const agent = agentOfDomain('vm1');
const ping = '{"execute":"guest-ping"}';

/** Answers as virsh 11.3 on a host does. */
function answering(script: string) {
  const path = join(folder, 'virsh');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return localHost({ name: 'alpha', env });
}

it('reaches the agent of a domain through libvirt, line by line, and returns its answers', async () => {
  const host = answering(`printf '{"return":"%s"}\\n' "$6" >&1; printf '%s|' "$@" >>${folder}/asked`);
  expect(await host.ask?.(agent, [ping, ping], 3_000)).toHaveLength(2);
  const asked = await host.readFile(`${folder}/asked`);
  expect(asked).toBe(`--connect=qemu:///system|qemu-agent-command|--timeout|3|vm1|${ping}|`.repeat(2));
});

it('takes the agent’s refusal as its answer', async () => {
  const host = answering(
    `echo "error: internal error: unable to execute QEMU agent command 'guest-ping': Command guest-ping has been disabled" >&2; exit 1`,
  );
  expect(await host.ask?.(agent, [ping])).toEqual([
    '{"error":{"class":"GenericError","desc":"Command guest-ping has been disabled"}}',
  ]);
});

it.each([
  ['Guest agent is not responding: QEMU guest agent is not connected', 'timeout'],
  ["Guest agent is not responding: guest agent didn't respond to command within '3' seconds", 'timeout'],
  ['Requested operation is not valid: domain is not running', 'exit'],
  ['argument unsupported: QEMU guest agent is not configured', 'exit'],
  ["failed to get domain 'vm1'", 'exit'],
])('where libvirt says "%s" nobody has answered: %s', async (said, kind) => {
  const host = answering(`echo "error: ${said}" >&2; exit 1`);
  await expect(host.ask?.(agent, [ping])).rejects.toMatchObject({
    details: { kind, stderr: expect.stringContaining(said) },
  });
});

it('passes on only commands that read', async () => {
  const host = answering('exit 0');
  await expect(host.ask?.(agent, ['{"execute":"guest-shutdown"}'])).rejects.toMatchObject({
    details: { kind: 'refused' },
  });
});

it('tells a domain from a path, and a valid name from an invalid one', () => {
  expect(['libvirt:vm1', '/run/libvirt:vm1', 'libvirt:--help', 'libvirt:a b'].map(domainOf)).toEqual([
    'vm1',
    ...[undefined, undefined, undefined],
  ]);
});
