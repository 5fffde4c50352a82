/** The words of a batch's line, with iproute2's quotes and comments (lib/utils.c, makeargs). */
export function splitLine(line: string): readonly string[] {
  const words: string[] = [];
  const found = line.replace(/#.*$/, '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
  for (const [, double, single, bare] of found) words.push(double ?? single ?? bare ?? '');
  return words;
}
