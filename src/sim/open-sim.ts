import { HostError } from '../host/host.ts';
import { asCardName, cards } from './cards.ts';
import { createState, type SimOptions } from './create.ts';
import { fileKeeper, memoryKeeper } from './keeper.ts';
import { asKernelName, kernels } from './kernels.ts';
import { SimHost, type SimHostOptions } from './sim-host.ts';

/** A host in memory, with a clock of its own. */
export function memorySim(options: Partial<SimHostOptions> = {}): SimHost {
  const named = { name: 'sim', ...options };
  return new SimHost(memoryKeeper(createState(named)), named);
}

export type FileSimOptions = SimHostOptions & {
  /** Created by the first change. */
  readonly stateFile: string;
};

/** A host that separate commands share. @throws HostError if the file holds another kind of host */
export function openSim(options: FileSimOptions): SimHost {
  const host = new SimHost(fileKeeper(options.stateFile, options), options);
  const { card, kernel } = host.state;
  const isOther =
    (options.card !== undefined && options.card !== card) ||
    (options.kernel !== undefined && options.kernel !== kernel);
  if (!isOther) return host;
  throw new HostError({
    kind: 'lost',
    host: options.name,
    argv: ['open', options.stateFile],
    stderr: `it was made as sim:${card}/${kernel}; \`vflane sim reset ${options.name}\` makes it again`,
  });
}

/** The options in a `connect: sim:CARD/KERNEL?num-of-vfs=N`, checked; or what is wrong with it. */
export function simOptions(
  name: string,
  connect: { readonly card: string; readonly kernel: string; readonly numOfVfs: number },
): SimOptions | { readonly wrong: string } {
  const card = asCardName(connect.card);
  const kernel = asKernelName(connect.kernel);
  if (!card) return { wrong: `no card "${connect.card}": ${Object.keys(cards).join(', ')}` };
  if (!kernel) return { wrong: `no kernel "${connect.kernel}": ${Object.keys(kernels).join(', ')}` };
  return { name, card, kernel, numOfVfs: connect.numOfVfs };
}
