/**
 * The way back for an operator who has locked himself out: a timer of the host's own systemd, outside the session that
 * asked, so that neither a cut line nor a dead process stops it (systemd-run(1)).
 */
export function armAction(planId: string, withinMs: number, self: readonly string[]): readonly string[] {
  const seconds = Math.max(1, Math.ceil(withinMs / 1000));
  // A timer is a minute inexact unless told otherwise (systemd.timer(5), AccuracySec).
  const timer = [
    'systemd-run',
    '--collect',
    `--unit=${unitOf(planId)}`,
    `--on-active=${seconds}`,
    '--timer-property=AccuracySec=100ms',
  ];
  return [...timer, '--', ...self, 'agent', '--take-back', planId];
}

export function disarmAction(planId: string): readonly string[] {
  return ['systemctl', 'stop', `${unitOf(planId)}.timer`];
}

function unitOf(planId: string): string {
  return `vflane-take-back-${planId}`;
}
