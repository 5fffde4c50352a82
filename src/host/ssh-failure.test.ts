import { expect, test } from 'vitest';
import { sshFailure } from './ssh-failure.ts';

const changed = 'WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!';
const denied = 'root@alpha: Permission denied (publickey).';

// known_hosts has no users, and writes ports with brackets (sshd(8)); ssh-copy-id(1) takes no ssh://.
test.each([
  ['root@alpha', changed, "ssh-keygen -R 'alpha'"],
  ['alpha', changed, "ssh-keygen -R 'alpha'"],
  ['ssh://root@alpha:2222', changed, "ssh-keygen -R '[alpha]:2222'"],
  ['ssh://alpha', changed, "ssh-keygen -R 'alpha'"],
  ['ssh://root@[fd00::1]:2222/', changed, "ssh-keygen -R '[fd00::1]:2222'"],
  ['root@fd00::1', changed, "ssh-keygen -R 'fd00::1'"],
  ['root@alpha', denied, 'ssh-copy-id root@alpha or'],
  ['ssh://root@alpha:2222', denied, 'ssh-copy-id -p 2222 root@alpha or'],
])('what is advised for %s can be typed as it stands', (destination, stderr, advice) => {
  expect(sshFailure('alpha', destination, stderr).details.hint).toContain(advice);
});

test('of pages that ssh says with LogLevel DEBUG both ends are shown, and what was known in between is understood', () => {
  const page = 'debug1: a line of many\n'.repeat(500);
  const { details, message } = sshFailure('alpha', 'root@alpha', `begin\n${page}${denied}\n${page}the last`);
  expect(details.hint).toContain('ssh-copy-id root@alpha');
  expect(message).toMatch(/begin[\s\S]* … [\s\S]*the last$/);
  expect(message.length).toBeLessThan(1200);
});
