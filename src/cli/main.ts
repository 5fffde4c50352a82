import { versionText } from './version-text.ts';

// A pipe that is closed early (`vflane … | head`) has got what it wanted; any other error is told at the end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${versionText}\n`, (error) => {
    process.exitCode = error ? 1 : 0;
  });
} else {
  void import('./ending.ts').then(({ toTheEnd }) => toTheEnd(argv));
}
