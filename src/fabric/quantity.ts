import { quoted, type Read } from './grammar.ts';

const mebibytes: Readonly<Record<string, number>> = { M: 1, G: 1024, T: 1024 * 1024 };
const megabits: Readonly<Record<string, number>> = { M: 1, G: 1000 };
/** 16 TiB: what QEMU's largest guests have. */
const mostMemoryMiB = 16 * 1024 * 1024;
/** 800 Gb/s: the fastest port there is. */
const mostRateMbps = 800_000;

/** `8G`, `512M`, `1.5GiB` → MiB. */
export function readMemory(text: string): Read<number> {
  const hint = 'write an amount with its unit: 512M, 8G or 1T';
  const parts = /^(\d{1,6}(?:\.\d{1,3})?)\s?([MGT])(?:i?B)?$/.exec(text);
  const value = parts ? Number(parts[1]) * (mebibytes[parts[2] ?? ''] ?? Number.NaN) : Number.NaN;
  if (!parts) return { wrong: `${quoted(text)} is not an amount of memory`, hint };
  if (Number.isInteger(value) && value >= 1 && value <= mostMemoryMiB) return { value };
  return { wrong: `${quoted(text)} is not a whole number of MiB from 1M to 16T`, hint };
}

/** `10G`, `500M`, `2.5Gbit/s`, or a number of megabits per second → Mb/s; 0 is no limit. */
export function readRate(given: string | number): Read<number> {
  const hint =
    'write a whole number of megabits per second, or an amount with its unit: 500M, 10G; 0 is no limit';
  const text = String(given);
  const parts = /^(\d{1,6}(?:\.\d{1,3})?)\s?(?:([MG])(?:b|bit)?(?:\/s|ps)?)?$/.exec(text);
  const value = parts ? Number(parts[1]) * (megabits[parts[2] ?? 'M'] ?? Number.NaN) : Number.NaN;
  if (!parts) return { wrong: `${quoted(text)} is not a rate`, hint };
  if (Number.isInteger(value) && value <= mostRateMbps) return { value };
  return { wrong: `${quoted(text)} is not a whole number of Mb/s up to 800G`, hint };
}

/** An image by file name or path; it becomes a program's argument and a path, so nothing else is allowed in it. */
export function readDisk(text: string): Read<string> {
  const hint = 'write a file name or a path of letters, digits, "_", "-", "+", "." and "/", without ".."';
  const fine = /^[A-Za-z0-9_/][A-Za-z0-9_+./-]{0,254}$/.test(text) && !text.split('/').includes('..');
  return fine ? { value: text } : { wrong: `${quoted(text)} is not a file of a disk image`, hint };
}
