import type { VerbContext } from './context.ts';

/** Where a host keeps what vflane did on it. `VFLANE_VAR_DIR` moves it, so that tests leave their machine alone. */
export function hostStateDir(env: VerbContext['env']): string {
  return env.VFLANE_VAR_DIR || '/var/lib/vflane';
}

/** How vflane is started on this machine. */
export function selfArgv(): readonly string[] {
  return [process.execPath, __filename];
}
