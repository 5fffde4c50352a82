import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { HostSpec } from '../model/host-spec.ts';
import type { HostState } from '../model/host-state.ts';
import { ownInIfupdown } from '../resource/keep-off.ts';

/** What ifupdown would do to vflane's netdevs if it were not kept off: its own files still say so (interfaces(5)). */
export function ifupdownFindings(spec: HostSpec, state: HostState): readonly Finding[] {
  if (spec.boot === undefined) return [];
  return ownInIfupdown(spec, state).map((name) =>
    finding(
      'VF2255',
      { host: spec.host, at: name },
      `${spec.host}: ifupdown’s files have ${name}, which is vflane’s: its units are kept off it, \`ifup\` by hand is not`,
      `Take its stanza out of /etc/network/interfaces, with its \`auto\` or \`allow-hotplug\` line.`,
    ),
  );
}
