import { inWords, unlookedIn } from '../doctor/unlooked.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { FoundHost } from './found-host.ts';

/** What this host's imported file may lack because it could not be looked at. No file holds the kernel's log or clocks. */
export function halfSeen(found: FoundHost): readonly Finding[] {
  const { survey, state } = found.looked.patient;
  const journal = survey.journal && { journal: survey.journal };
  return findings(found, state, { ...journal, unlooked: survey.unlooked });
}

/** The same for a first file, which is made from the cards and what stands on them. */
export function halfSeenCards(found: FoundHost): readonly Finding[] {
  const { pfs, links } = found.looked.patient.state;
  const cards = pfs.map(({ pci, numVfs, totalVfs }) => ({ pci, numVfs, totalVfs }));
  return findings(found, { pfs: cards, links }, {});
}

function findings(
  { name, looked: { patient } }: FoundHost,
  state: Parameters<typeof unlookedIn>[0],
  survey: Parameters<typeof unlookedIn>[1],
): readonly Finding[] {
  const { search } = patient.survey;
  return unlookedIn(state, { ...survey, ...(search && { search }) }).map(({ what, why }) =>
    finding(
      'VF2283',
      { host: name },
      `${name}: ${inWords(what)} could not be looked at, so it may be missing in the file: ${why}`,
      patient.state.root
        ? `Mend what it reports, and try again; \`vflane doctor\` says more about ${name}.`
        : 'Connect as root, or as a user whose sudo asks for no password, and try again.',
    ),
  );
}
