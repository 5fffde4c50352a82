import { quoted, type Read } from './grammar.ts';

const keyForm = /^((ssh|ecdsa|sk)-[a-z0-9@.-]{2,60}) [A-Za-z0-9+/]{16,8192}={0,2}( [\w@.+ -]{1,128})?$/;

/** One line of an authorized_keys file without options (sshd(8)). */
export function readSshKey(text: string): Read<string> {
  const value = text.trim();
  if (keyForm.test(value)) return { value };
  return {
    wrong: `${quoted(text)} is no public key`,
    hint: 'write the one line that `cat ~/.ssh/id_ed25519.pub` prints',
  };
}
