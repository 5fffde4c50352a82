import type { FlashState } from '../model/firmware.ts';

/**
 * Parses `mstflint -d PCI q` and `mstflint -i FILE q` (mstflint 4.21 to 4.31, flint/subcommands.cpp, printInfo; facts §6.1).
 * `FW Version(Running)` is printed only where it is another one.
 * @throws TypeError on text without a version or PSID
 */
export function parseFlash(stdout: string): FlashState {
  const rows = new Map(stdout.split('\n').flatMap(rowOf));
  const [version, psid] = [rows.get('FW Version'), rows.get('PSID')];
  if (version === undefined || psid === undefined || !isWord(version) || !isWord(psid))
    throw new TypeError(`mstflint printed no firmware: ${JSON.stringify(stdout.trim().slice(0, 120))}`);
  const running = rows.get('FW Version(Running)');
  return { psid, version, running, date: rows.get('FW Release Date') };
}

/** The first line with a name counts: what follows `Description` are rows of a table. */
function rowOf(line: string): [string, string][] {
  const [, name, value] = /^([A-Z][\w ()]*):\s+(\S.*)$/.exec(line.trimEnd()) ?? [];
  return name === undefined || value === undefined ? [] : [[name, value]];
}

/** It becomes part of a file's name. */
function isWord(text: string): boolean {
  return /^[\w][\w.-]{0,63}$/.test(text);
}
