import { quoted, type Read } from './grammar.ts';

const keyForm = /^((ssh|ecdsa|sk)-[a-z0-9@.-]{2,60}) [A-Za-z0-9+/]{16,8192}={0,2}( [\w@.+ -]{1,128})?$/;

/** One line of an authorized_keys file without options (sshd(8)). */
export function readSshKey(text: string): Read<string> {
  const value = text.trim();
  if (keyForm.test(value)) return { value };
  return {
    wrong: `${quoted(text)} is not a public key`,
    hint: 'write the one line that `cat ~/.ssh/id_ed25519.pub` prints',
  };
}

/** The one word that stands where a mapping could. */
export function readNone(text: string): Read<string> {
  if (text === 'none') return { value: text };
  return {
    wrong: `${quoted(text)} is not a setting for cloud-init`,
    hint: 'write none, or a mapping { ssh-keys, user-data }',
  };
}
