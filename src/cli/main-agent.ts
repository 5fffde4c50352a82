import { startupSnapshot } from 'node:v8';
import { nodeHint, wrongNode } from '../host/node-version.ts';
import { toTheEnd } from './ending.ts';
import { runOnHost } from './run-on-host.ts';
import { optimizeLate } from './short-life.ts';
import { UsageError } from './usage-error.ts';

// What is copied to a host starts here: of vflane only what nobody types.
if (startupSnapshot.isBuildingSnapshot())
  void import('./boot-snapshot.ts').then(({ keepBoot }) => keepBoot());
else begin();

function begin(): void {
  optimizeLate(process);
  // An operator whose line is cut stops nothing: what was begun is brought to its end.
  process.stdout.on('error', () => undefined);
  void toTheEnd(async (around) => {
    const wrong = wrongNode(process.version);
    // Whoever connects asks a host's Node only when he copies vflane to it.
    if (wrong !== undefined) throw new UsageError(wrong, nodeHint);
    return runOnHost(process.argv.slice(2), around);
  });
}
