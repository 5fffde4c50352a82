import type { ResetLevel } from '../model/firmware.ts';

/**
 * Parses `mstfwreset -d PCI q` (mstflint 4.21 to 4.31, small_utils/mlxfwresetlib/cmd_reg_mfrl.py, query_text): the levels, and
 * not the types and sync modes below them.
 * @throws TypeError on text without levels
 */
export function parseResets(stdout: string): readonly ResetLevel[] {
  const lines = stdout.split('\n').map((line) => line.trim());
  const at = lines.findIndex((line) => /^Reset-levels:/.test(line));
  const after = at < 0 ? [] : lines.slice(at + 1);
  const end = after.findIndex((line) => !/^\d+:/.test(line));
  const levels = (end < 0 ? after : after.slice(0, end)).flatMap(levelOf);
  if (levels.length === 0)
    throw new TypeError(`mstfwreset printed no levels: ${JSON.stringify(stdout.trim().slice(0, 120))}`);
  return levels;
}

function levelOf(line: string): readonly ResetLevel[] {
  const [, level, does, verdict, mark] =
    /^(\d{1,3}): (.*?)\s*-(Supported|Not Supported)\s*(\(default\))?$/.exec(line) ?? [];
  if (level === undefined || does === undefined) return [];
  return [{ level: Number(level), does, supported: verdict === 'Supported', isDefault: mark !== undefined }];
}
