import { catalogue } from '../model/catalogue.ts';
import { entry, roffLiteral, roffProse, section } from './roff.ts';

/** vflane-findings(7). */
export const findingsPage = {
  about: 'what vflane finds, by its codes',
  lines: (): readonly string[] => [
    ...section(
      'DESCRIPTION',
      roffProse(
        'What vflane has to say of a file or a host is a finding with a code. An `error` refuses a plan, a `warning` is shown, an `info` explains. `vflane explain CODE` prints what stands here.',
      ),
    ),
    ...section(
      'FINDINGS',
      ...catalogue.flatMap(({ code, severity, title, explanation }) =>
        entry(`\\fB${code}\\fR (${severity}) ${roffLiteral(title)}`, roffProse(explanation)),
      ),
    ),
    ...section('SEE ALSO', '.BR vflane (1),', '.BR fabric.yaml (5)'),
  ],
} as const;
