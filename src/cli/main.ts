import { versionText } from './version-text.ts';

// A reader who has left stops nothing: an agent whose line is cut has a plan to end. `ending.ts` tells what else went wrong.
process.stdout.on('error', () => undefined);

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${versionText}\n`, (error) => {
    process.exitCode = error ? 1 : 0;
  });
} else {
  void import('./ending.ts').then(({ toTheEnd }) => toTheEnd(argv));
}
