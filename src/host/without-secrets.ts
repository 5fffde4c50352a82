import type { Question, TranscriptEntry } from './transcript.ts';

/** All that is needed of a process's environment: the ends of its ssh session (sshd(8)). */
const environ = /^\/proc\/[^/]+\/environ$/;
const wanted = 'SSH_CONNECTION=';

/** Keys of Open vSwitch whose values are secrets (ovs-vswitchd.conf.db(5)), in OVSDB's JSON. */
const ovsSecret = /(\["(?:psk|password|private_key)",\s*")(?:[^"\\]|\\.)*(")/g;

/** An answer as it may be kept in a file: without passwords and keys, with everything that vflane reads. */
export function withoutSecrets(entry: TranscriptEntry): TranscriptEntry {
  const { ask, answer } = entry;
  if (typeof answer === 'string') return { ...entry, answer: fileWithoutSecrets(ask, answer) };
  if (ask[0] !== 'query' || answer === undefined) return entry;
  const { stdout, stderr } = answer as { readonly stdout: string; readonly stderr: string };
  return { ...entry, answer: { stdout: stdout.replace(ovsSecret, '$1removed$2'), stderr } };
}

function fileWithoutSecrets([kind, path = '']: Question, text: string): string {
  // A user's own file may hold passwords; those that vflane writes do not.
  if (kind === 'read' && text.startsWith('#cloud-config') && !path.endsWith('vendor-data'))
    return '#cloud-config\n';
  if (kind !== 'read' || !environ.test(path)) return text;
  return text
    .split('\0')
    .filter((line) => line.startsWith(wanted))
    .join('\0');
}
