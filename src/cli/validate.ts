import type { Fabric } from '../model/fabric.ts';
import type { Finding } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import type { VerbContext, VerbHandler } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { chosenHosts, readFabricFile } from './fabric-file.ts';
import { countText, printFindings } from './print-findings.ts';

/** Exits with 0, or 3 if the file is wrong. */
export const run: VerbHandler = async (context) => {
  const { path, text, fabric, findings } = readFabricFile(context);
  if (fabric) chosenHosts(fabric, context.global.host);
  context.output.json('vflane.validate/1', { findings: findingsJson(findings) });
  printFindings(findings, { [path]: text }, context.output);
  tell(context, path, fabric, findings);
  return fabric ? exitCodes.asAsked : exitCodes.fileWrong;
};

/** Findings, as every verb's `--json` has them. */
export function findingsJson(findings: readonly Finding[]): Json {
  return findings.map(({ code, severity, where, message, hint }) => ({
    code,
    severity,
    where: { ...where },
    message,
    hint,
  }));
}

function tell(
  { output }: VerbContext,
  path: string,
  fabric: Fabric | undefined,
  findings: readonly Finding[],
): void {
  const counts = countText(findings);
  if (!fabric) output.result(`${output.paint('red', 'wrong')}: ${path}: ${counts}`);
  else
    output.result(
      `${output.paint('green', 'fine')}: ${path}: ${sizeText(fabric)}${counts ? `; ${counts}` : ''}`,
    );
}

function sizeText({ hosts, networks }: Fabric): string {
  const guests = hosts.reduce((sum, host) => sum + host.guests.length, 0);
  const some = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
  return [some(hosts.length, 'host'), some(networks.length, 'network'), some(guests, 'guest')].join(', ');
}
