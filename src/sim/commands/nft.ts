import { readFile } from '../files/root.ts';
import { kernelOf } from '../functions.ts';
import { MissingProgram } from '../missing.ts';
import { rulesetJson, tableHead, tableText } from '../nft/print.ts';
import { runScript } from '../nft/ruleset.ts';
import type { NftTable } from '../nft/state.ts';
import { NftError, Tokens, tokens } from '../nft/tokens.ts';
import { isInstalled } from '../packages.ts';
import type { SimState } from '../state.ts';
import { failed, type Program, type Reply, said, silent } from './program.ts';

/** `nft`: a small part of its language, in the host's own namespace. */
export const nft: Program = ({ state, argv, stdin }) => {
  if (!isInstalled(state, 'nftables')) throw new MissingProgram('nft');
  const { version, release } = versionOf(state);
  if (/^(--version|-v)$/.test(argv[1] ?? '')) return said(`nftables v${version} (${release})\n`);
  const words = argv.slice(1).filter((word) => !/^-(j|a|n|nn|s|y|c)$/.test(word));
  if (state.uid !== 0) return failed(1, 'Operation not permitted (you must be root)\n');
  if (words[0] === '-f' || words[0] === '--file') {
    const path = words[1] ?? '';
    return change(
      state,
      path === '-' ? stdin : readFile(state, '', path),
      path === '-' ? '/dev/stdin' : path,
      argv.includes('-c'),
    );
  }
  if (words[0] === 'list') return list(state, words.slice(1), argv.includes('-j'));
  return change(state, words.join(' '), '', argv.includes('-c'));
};

function versionOf(state: SimState): { readonly version: string; readonly release: string } {
  return kernelOf(state).debian >= 13
    ? { version: '1.1.3', release: 'Commodore Bullmoose #4' }
    : { version: '1.0.6', release: 'Lester Gooch #5' };
}

/** Applies all of a script or nothing. */
function change(state: SimState, text: string, path: string, onlyCheck: boolean): Reply {
  try {
    const tables = runScript(state.nft, new Tokens(tokens(text)));
    if (!onlyCheck) state.nft = tables;
    return silent;
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    return failed(1, complaint(error, text, path));
  }
}

/** The position, the message, the line, and a mark below the word. */
function complaint(error: NftError, text: string, path: string): string {
  const { token } = error;
  if (!token) return `Error: ${error.message}\n`;
  const end = token.column + Math.max(1, token.text.length) - 1;
  const place = path === '' ? '' : `${path}:${token.line}:${token.column}-${end}: `;
  const row = text.split('\n')[token.line - 1] ?? '';
  return `${place}Error: ${error.message}\n${row}\n${' '.repeat(token.column - 1)}${'^'.repeat(end - token.column + 1)}\n`;
}

function list(state: SimState, words: readonly string[], json: boolean): Reply {
  const { version, release } = versionOf(state);
  const [what, ...rest] = words;
  if (what === 'tables') {
    const metainfo = { metainfo: { version, release_name: release, json_schema_version: 1 } };
    if (json) return said(`${JSON.stringify({ nftables: [metainfo, ...state.nft.map(tableHead)] })}\n`);
    return said(state.nft.map((table) => `table ${table.family} ${table.name}\n`).join(''));
  }
  if (what !== 'ruleset' && what !== 'table')
    return failed(1, `Error: syntax error, unexpected ${what ?? 'end of file'}\n`);
  const tables = what === 'ruleset' ? state.nft : named(state.nft, rest);
  if (tables === undefined) return missing(words);
  return said(json ? rulesetJson(tables, version, release) : tables.map(tableText).join(''));
}

function named(tables: readonly NftTable[], words: readonly string[]): readonly NftTable[] | undefined {
  const [family, name] = words.length > 1 ? words : ['ip', words[0]];
  const found = tables.filter((table) => table.family === family && table.name === name);
  return found.length > 0 ? found : undefined;
}

function missing(words: readonly string[]): Reply {
  const name = words.at(-1) ?? '';
  const line = `list ${words.join(' ')}`;
  return failed(
    1,
    `Error: No such file or directory\n${line}\n${' '.repeat(line.length - name.length)}${'^'.repeat(name.length)}\n`,
  );
}
