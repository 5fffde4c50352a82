import { join } from 'node:path';
import { type Figure, medianTimes, rounded, seconds, tell, timed } from './figure.ts';

const rounds = 21;
const { execPath } = process;
const shell = join(process.cwd(), 'bin/vflane');
const bundle = join(process.cwd(), 'dist/vflane.cjs');
const validate = ['validate', '-f', join(process.cwd(), 'bin/sample.yaml')];

const [bare = 0, versionByShell = 0, versionByNode = 0, validateByShell = 0, validateByNode = 0] =
  medianTimes(rounds, [
    () => timed([execPath, '-e', '0']),
    () => timed([shell, '--version']),
    () => timed([execPath, bundle, '--version']),
    () => timed([shell, ...validate]),
    () => timed([execPath, bundle, ...validate]),
  ]);

function held(what: string, ms: number, atMost: number, remark = ''): Figure {
  const peer = `node -e 0: ${seconds(bare)}${remark}`;
  return {
    kind: 'time',
    what: `${what} (${seconds(ms)})`,
    figure: rounded(ms / bare),
    unit: '×',
    limit: { atMost },
    peer,
  };
}

/** The bundle alone, as copied to a host: all of it is parsed again. */
const uncached = '; without the code cache of bin/vflane';

tell([
  held('bin/vflane --version', versionByShell, 1.25),
  held('node dist/vflane.cjs --version', versionByNode, 1.25, uncached),
  held('bin/vflane validate, one host', validateByShell, 1.6),
  held('node dist/vflane.cjs validate, one host', validateByNode, 1.6, uncached),
]);
