import { expect, test } from 'vitest';
import { HostError } from './host.ts';

const argv = ['mstflint', '-d', '03:00.0', 'q'];
const failed = (said: { readonly stdout?: string; readonly stderr?: string }) =>
  new HostError({ kind: 'exit', host: 'alpha', argv, exitCode: 1, ...said }).message;

// Pasted from mstflint 4.21, which prints what went wrong on stdout.
const stdout = '-E- Cannot open Device: 03:00.0. No such file or directory. MFE_CR_ERROR\n';

test('the firmware tools’ error is found where they print it', () => {
  expect(failed({ stdout: ` Failed!\n${stdout}`, stderr: '' })).toBe(
    'alpha: exit code 1: mstflint -d 03:00.0 q: -E- Cannot open Device: 03:00.0. No such file or directory. MFE_CR_ERROR',
  );
});

test('everything they print from there on is shown', () => {
  const image =
    '-E- Cannot open Image: f.bin. \nNo valid FS4 image found. Check the flash parameters, if specified.\n';
  expect(failed({ stdout: image, stderr: '' })).toContain('f.bin.; No valid FS4 image found.');
});

test('stderr comes first, and other output is not a reason', () => {
  expect(failed({ stdout, stderr: 'killed\n' })).toBe('alpha: exit code 1: mstflint -d 03:00.0 q: killed');
  expect(failed({ stdout: 'lines\nof a table\n' })).toBe('alpha: exit code 1: mstflint -d 03:00.0 q');
});
