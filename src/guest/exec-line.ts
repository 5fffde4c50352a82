/**
 * An argv as systemd's `ExecStart=` takes it: each word in double quotes, C-escaped, with `%` and `$` doubled, because
 * specifiers and variables are expanded inside of quotes too (systemd.service(5), systemd.syntax(7)).
 */
export function execLine(argv: readonly string[]): string {
  // An option and its value on a line of their own, which a backslash continues.
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
