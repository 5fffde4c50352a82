import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { HostSpec } from '../model/host-spec.ts';
import { type HostState, isUnseen } from '../model/host-state.ts';
import { ownNetdevs } from '../resource/own-netdevs.ts';

/** What ifupdown would do to what is vflane's: it can be told otherwise only in the host's own file (interfaces(5)). */
export function ifupdownFindings(spec: HostSpec, { boot, links }: HostState): readonly Finding[] {
  if (spec.boot === undefined || boot === undefined || isUnseen(boot.ifupdown)) return [];
  const { names, macs } = ownNetdevs(spec);
  const ports = isUnseen(links)
    ? []
    : links.filter(({ mac, permanentMac = mac }) => macs.includes(permanentMac)).map(({ name }) => name);
  const own = new Set([...names, ...ports]);
  return boot.ifupdown
    .filter((name) => own.has(name))
    .map((name) =>
      finding(
        'VF2255',
        { host: spec.host, at: name },
        `${spec.host}: /etc/network/interfaces has ${name}, which is vflane’s`,
        `Take its stanza out, with its \`auto\` or \`allow-hotplug\` line.`,
      ),
    );
}
