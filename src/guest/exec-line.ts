/**
 * An argv as systemd's `ExecStart=` takes it: each word in double quotes, C-escaped, with `%` and `$` doubled, because
 * specifiers and variables are expanded inside quotes too (systemd.service(5), systemd.syntax(7)).
 */
export function execLine(argv: readonly string[]): string {
  // Each option with its value on a line of its own, continued by a backslash.
  return argv
    .reduce((line, word) => `${line}${/^-[a-z]/.test(word) ? ' \\\n  ' : ' '}${execWord(word)}`, '')
    .trim();
}

function execWord(word: string): string {
  const escaped = word
    .replace(/[\\"]/g, (char) => `\\${char}`)
    .replace(/[%$]/g, (char) => char + char)
    .replace(/\p{Cc}/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${escaped}"`;
}
