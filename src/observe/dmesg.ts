import { HostError, type HostReader } from '../host/host.ts';
import { parseDmesg, parseDmesgText } from '../model/kernel-log.ts';
import type { LogLine } from '../model/survey.ts';
import type { Seen } from '../model/unseen.ts';
import { seen } from './look.ts';

/** One process; a `dmesg` without JSON (util-linux before 2.38) is run again without it. */
export function observeLog(reader: HostReader): Promise<Seen<readonly LogLine[]>> {
  return seen(async () => {
    try {
      return parseDmesg((await reader.query(['dmesg', '--json'])).stdout);
    } catch (error) {
      if (!(error instanceof HostError) || !/unrecognized option/.test(error.details.stderr ?? ''))
        throw error;
      return parseDmesgText((await reader.query(['dmesg'])).stdout);
    }
  });
}
