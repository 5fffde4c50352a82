import { startupSnapshot } from 'node:v8';
import { versionText } from './version-text.ts';

if (startupSnapshot.isBuildingSnapshot())
  void import('./boot-snapshot.ts').then(({ keepBoot }) => keepBoot());
else begin(process.argv.slice(2));

function begin(argv: readonly string[]): void {
  // A reader who has left stops nothing: an agent whose line is cut has a plan to finish. `ending.ts` reports what else went wrong.
  process.stdout.on('error', () => undefined);
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${versionText}\n`, (error) => {
      process.exitCode = error ? 1 : 0;
    });
  } else {
    void Promise.all([import('./ending.ts'), import('./program.ts')]).then(([{ toTheEnd }, { runProgram }]) =>
      toTheEnd((around) => runProgram(argv, around)),
    );
  }
}
