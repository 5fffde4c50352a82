import { startupSnapshot } from 'node:v8';
import { nodeHint, wrongNode } from '../host/node-version.ts';
import { toTheEnd } from './ending.ts';
import { runOnHost } from './run-on-host.ts';
import { optimizeLate } from './short-life.ts';
import { UsageError } from './usage-error.ts';

// The entry of the copy for hosts: only the verbs that nobody types.
if (startupSnapshot.isBuildingSnapshot())
  void import('./boot-snapshot.ts').then(({ keepBoot }) => keepBoot());
else begin();

function begin(): void {
  optimizeLate(process);
  // If the operator's line is cut, nothing stops: what was begun is finished.
  process.stdout.on('error', () => undefined);
  void toTheEnd(async (around) => {
    const wrong = wrongNode(process.version);
    // Checked here, because whoever connects checks a host's Node only when vflane is copied there.
    if (wrong !== undefined) throw new UsageError(wrong, nodeHint);
    return runOnHost(process.argv.slice(2), around);
  });
}
