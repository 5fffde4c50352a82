import { HostError } from '../host/host.ts';
import type { Unseen } from '../model/unseen.ts';

/** If nothing was found, `undefined`; if the look was impossible, `unseen` with the reason. */
export async function seenOr<Value>(look: () => Promise<Value>): Promise<Value | undefined | Unseen> {
  try {
    return await look();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    return whyUnseen(error);
  }
}

/** Like `seenOr`, but finding nothing is itself a reason. */
export async function seen<Value>(look: () => Promise<Value>): Promise<Value | Unseen> {
  try {
    return await look();
  } catch (error) {
    return whyUnseen(error);
  }
}

/** That a host cannot be reached does not concern only this look, so it is thrown on. Everything else is a reason. */
function whyUnseen(error: unknown): Unseen {
  if (!(error instanceof Error) || isLost(error)) throw error;
  if (error instanceof HostError && error.details.kind === 'missing') {
    return { unseen: error.message, lacks: 'program' };
  }
  if (error instanceof HostError || error instanceof SyntaxError || error instanceof TypeError) {
    return { unseen: error.message };
  }
  throw error;
}

function isLost(error: Error): boolean {
  return error instanceof HostError && error.details.kind === 'lost';
}

function isAbsent(error: unknown): boolean {
  const absent = ['ENOENT', 'ENOTDIR', 'ENODEV'];
  return (
    error instanceof HostError && error.details.kind === 'errno' && absent.includes(error.details.errno ?? '')
  );
}
