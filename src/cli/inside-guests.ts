import { placeOf } from '../doctor/rule.ts';
import { finding } from '../model/catalogue.ts';
import type { Finding } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import { askGuests, type GuestAnswer } from '../operate/ask-guests.ts';
import type { PerHost } from '../operate/hosts.ts';
import type { HostPlan } from '../operate/plan-host.ts';
import type { Fleet } from './fleet.ts';

export interface InsideGuests {
  readonly host: string;
  readonly lines: readonly string[];
  readonly findings: readonly Finding[];
  readonly json: readonly Json[];
}

/** What the agents inside each host's VMs say about their networks, and where no agent was asked. */
export async function insideGuests(
  fleet: Fleet,
  planned: readonly PerHost<HostPlan>[],
): Promise<readonly InsideGuests[]> {
  const looks = new Map(planned.map(({ host, value }) => [host, value]));
  const hosts = fleet.hosts.filter(({ name }) =>
    looks.get(name)?.spec?.guests.some(({ machine }) => machine !== undefined),
  );
  if (hosts.length === 0) return [];
  const asked = await fleet.onEach(async (site, host): Promise<InsideGuests> => {
    const look = looks.get(host.name);
    const answers = look?.spec ? await askGuests(site.reader, look.spec, look.state) : [];
    const findings = answers.flatMap((answer) =>
      lacksOf(answer).map((lack) =>
        finding(
          'VF2085',
          placeOf({ fabric: fleet.fabric, host }, 'guests', answer.guest),
          `${host.name}: ${answer.guest} has not what the file gives it: ${lack}`,
          `Where it has only just started, ask again; \`vflane export guest ${answer.guest}\` says what belongs there.`,
        ),
      ),
    );
    return { host: host.name, lines: answers.map(lineOf), findings, json: answers.map(jsonOf) };
  }, hosts);
  return asked.flatMap(({ value }) => value ?? []);
}

function lacksOf(answer: GuestAnswer): readonly string[] {
  return 'lacks' in answer ? answer.lacks : [];
}

function lineOf(answer: GuestAnswer): string {
  if ('notAsked' in answer) return `  inside ${answer.guest}: not asked, ${answer.notAsked}`;
  const { lacks, guest } = answer;
  return lacks.length === 0 ? `  inside ${guest}: as asked` : `  inside ${guest}: ${lacks.join('; ')}`;
}

function jsonOf(answer: GuestAnswer): Json {
  if ('notAsked' in answer) return { guest: answer.guest, asked: false, why: answer.notAsked };
  return { guest: answer.guest, asked: true, lacks: [...answer.lacks] };
}
