/** What differs between two looks at an unchanged flow, and table 0, which `--no-stats` leaves out. */
const passing = /^(?:cookie|duration|n_packets|n_bytes|idle_age|hard_age)=|^table=0$/;
const header = /^(?:NXST|OFPST)_FLOW reply\b/;

/**
 * The flows of `ovs-ofctl [--names] [--no-stats] dump-flows BRIDGE`, one line each, without statistics and cookies, sorted:
 * equal to the lines they were written with (`ovs-ofctl` of OVS 3.1 to 3.5, lib/ofp-flow.c, ofputil_flow_stats_format).
 * @throws TypeError where a line is not a flow, such as an OFPT_ERROR.
 */
export function parseFlows(stdout: string): readonly string[] {
  const lines = stdout.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && !header.test(line))
    .map(flow)
    .sort();
}

/** What `--no-stats` leaves of most lines, for speed: a bridge may have thousands. */
const bare = /^(?:table=[1-9]\d*, )?priority=[^ ]* actions=/;

function flow(line: string): string {
  if (bare.test(line)) return line;
  if (!/(?:^| )actions=/.test(line)) throw new TypeError(`ovs-ofctl printed no flow: ${line.slice(0, 200)}`);
  // Only what is not part of the match is followed by a comma and a space.
  const front = /^(?:[a-z_]+(?:=[^,\s]+)?, +)*/.exec(line)?.[0] ?? '';
  const kept = front.split(/, +/).filter((word) => word !== '' && !passing.test(word));
  return [...kept, line.slice(front.length).trimStart()].join(', ');
}
