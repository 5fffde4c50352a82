import { HostError, type HostReader } from '../host/host.ts';
import type { DpdkParts } from '../model/ovs-state.ts';
import type { Seen } from '../model/unseen.ts';
import { seen, seenOr } from './look.ts';

/** DPDK's drivers are only Recommends, so an installation without them says nothing (facts §7.1). */
const packages = ['openvswitch-switch-dpdk', 'librte-net-*', 'librte-mempool-ring*'];

/** Looks which parts of Debian's DPDK build of Open vSwitch are installed, and which daemons can be chosen. */
export function observeDpdkParts(reader: HostReader): Promise<Seen<DpdkParts>> {
  return seen(async () => {
    const [release, installed, alternative] = await Promise.all([
      seenOr(() => reader.readFile('/etc/os-release')),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
      saidAnyhow(reader, ['dpkg-query', '-W', '-f=${db:Status-Status} ${Package}\\n', ...packages]),
      saidAnyhow(reader, ['update-alternatives', '--query', 'ovs-vswitchd']),
    ]);
    return {
      debian: typeof release === 'string' ? debianOf(release) : undefined,
      packages: wordsAfter('installed ', installed),
      daemons: wordsAfter('Alternative: ', alternative),
    };
  });
}

/** Both tools exit with an error if something is missing, and still print what exists. @throws HostError of another kind */
async function saidAnyhow(reader: HostReader, argv: readonly string[]): Promise<string> {
  try {
    return (await reader.query(argv)).stdout;
  } catch (error) {
    if (error instanceof HostError && error.details.kind === 'exit') return error.details.stdout ?? '';
    throw error;
  }
}

/** os-release(5). */
function debianOf(text: string): number | undefined {
  if (!/^ID="?debian"?$/m.test(text)) return undefined;
  const version = /^VERSION_ID="?(\d+)"?$/m.exec(text)?.[1];
  return version === undefined ? undefined : Number(version);
}

function wordsAfter(start: string, text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(start))
    .map((line) => line.slice(start.length).trim());
}
