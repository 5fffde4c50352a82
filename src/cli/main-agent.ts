import { startupSnapshot } from 'node:v8';
import { toTheEnd } from './ending.ts';
import { runOnHost } from './run-on-host.ts';

// What is copied to a host starts here: of vflane only what nobody types.
if (startupSnapshot.isBuildingSnapshot())
  void import('./boot-snapshot.ts').then(({ keepBoot }) => keepBoot());
else begin();

function begin(): void {
  // An operator whose line is cut stops nothing: what was begun is brought to its end.
  process.stdout.on('error', () => undefined);
  void toTheEnd((around) => runOnHost(process.argv.slice(2), around));
}
