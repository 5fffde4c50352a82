import { asIfName } from '../model/names.ts';
import type { MeasureProgram, Wire } from './measure-request.ts';
import { wireProgram } from './wire-program.ts';
import { WrongMeasure } from './wrong-measure.ts';

const mostFrames = 50_000;
const longestFrame = 1_518;

/** @throws WrongMeasure */
export function wireArgv(wire: Wire): readonly string[] {
  const netdev = asIfName(wire.netdev);
  if (netdev === undefined) throw new WrongMeasure(`${JSON.stringify(wire.netdev)} is not a netdev's name`);
  const words = wire.name === 'wire-send' ? ['send', netdev] : ['listen', netdev, hex(wire.magic, 8, 8)];
  return ['perl', '-e', wireProgram, '--', ...words];
}

/** What a program reads at its start. @throws WrongMeasure */
export function measureStdin(program: MeasureProgram): string {
  if (program.name !== 'wire-send') return '';
  const { frames } = program;
  if (frames.length > mostFrames) throw new WrongMeasure(`more than ${mostFrames} frames`);
  return [...frames.map((frame) => hex(frame, 14, longestFrame)), 'end', ''].join('\n');
}

function hex(text: string, least: number, most: number): string {
  const bytes = text.length / 2;
  if (/^([0-9a-f]{2})*$/.test(text) && bytes >= least && bytes <= most) return text;
  throw new WrongMeasure(`no ${least} to ${most} bytes in hexadecimal: ${text.slice(0, 40)}`);
}
