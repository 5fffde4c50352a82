import { unlookedIn } from '../doctor/unlooked.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { FoundHost } from './found-host.ts';

/** What a file of this host may lack because it could not be looked at. The kernel's log, clocks and the like make no file. */
export function halfSeen({ name, looked: { patient } }: FoundHost): readonly Finding[] {
  const { search, journal, unlooked: namespaces } = patient.survey;
  const hidden = unlookedIn(patient.state, {
    ...(search && { search }),
    ...(journal && { journal }),
    unlooked: namespaces,
  });
  return hidden.map(({ what, why }) =>
    finding(
      'VF2283',
      { host: name, at: what },
      `${name}: ${what} could not be looked at, and what is there may be missing in the file: ${why}`,
      patient.state.root
        ? `See what it says there, and ask again; \`vflane doctor\` of ${name} tells more.`
        : 'Connect as root, or as a user with sudo that asks no password, and ask again.',
    ),
  );
}
