import { HostError, type HostReader } from '../host/host.ts';
import type { ImageState } from '../model/machine-state.ts';
import type { Seen } from '../model/unseen.ts';
import { seen } from './look.ts';

/**
 * Looks at an image; null if there is none. `shared`: even while a QEMU writes to it, which is otherwise refused.
 */
export function observeImage(
  reader: HostReader,
  path: string,
  { shared }: { readonly shared: boolean },
): Promise<Seen<ImageState | null>> {
  const argv = ['qemu-img', 'info', ...(shared ? ['-U'] : []), '--output=json', path];
  return seen(async () => {
    try {
      return parseImage((await reader.query(argv)).stdout);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof HostError && /No such file or directory/.test(error.details.stderr ?? '');
}

/** `qemu-img info --output=json`. @throws TypeError on any other JSON */
export function parseImage(stdout: string): ImageState {
  const info = JSON.parse(stdout) as { readonly [key: string]: unknown } | null;
  const {
    format,
    'virtual-size': size,
    'full-backing-filename': full,
    'backing-filename': named,
    'format-specific': specific,
  } = info ?? {};
  if (typeof format !== 'string' || typeof size !== 'number')
    throw new TypeError('qemu-img says nothing of an image');
  const backing = full ?? named;
  const dataFile = dataFileIn(specific);
  return {
    ...{ format, size },
    ...(typeof backing === 'string' ? { backing } : {}),
    ...(dataFile === undefined ? {} : { dataFile }),
  };
}

function dataFileIn(specific: unknown): string | undefined {
  const { data } = (specific ?? {}) as { readonly data?: { readonly 'data-file'?: unknown } | null };
  const file = data?.['data-file'];
  return typeof file === 'string' ? file : undefined;
}
