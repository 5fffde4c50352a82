import { HostError, type HostErrorDetails, type HostErrorKind } from './host.ts';
import { StoreDamaged, StoreFailed, StoreLocked } from './store.ts';

/** An error as JSON, with all its details and causes. */
export interface ErrorJson {
  readonly name: string;
  readonly message: string;
  readonly details?: unknown;
  readonly cause?: ErrorJson;
}

/** How many levels of causes are kept: an error may be its own cause. */
const deepest = 8;
const kinds: readonly HostErrorKind[] = ['exit', 'errno', 'missing', 'timeout', 'refused', 'lost'];

export function errorToJson(error: unknown, depth = 0): ErrorJson {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { details } = error as { readonly details?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(details === undefined ? {} : { details }),
    ...(error.cause === undefined || depth >= deepest ? {} : { cause: errorToJson(error.cause, depth + 1) }),
  };
}

/** The error again: of its class if it is the host's or the store's, else an Error with the same name and details. */
export function errorFromJson(json: unknown): Error {
  const { name, message, details, cause } = asErrorJson(json);
  const options = cause === undefined ? undefined : { cause: errorFromJson(cause) };
  if (name === 'HostError' && isHostErrorDetails(details)) return new HostError(details, options?.cause);
  if (name === 'StoreLocked') return new StoreLocked(message, options);
  if (name === 'StoreDamaged') return new StoreDamaged(message, options);
  if (name === 'StoreFailed') return new StoreFailed(message, options);
  const error = new Error(message, options);
  const carried = details === undefined ? {} : { details };
  return Object.defineProperty(Object.assign(error, carried), 'name', { value: name });
}

function asErrorJson(json: unknown): ErrorJson {
  const { name, message, details, cause } = (json ?? {}) as Partial<ErrorJson>;
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : JSON.stringify(json),
    ...(details === undefined ? {} : { details }),
    ...(cause === undefined ? {} : { cause }),
  };
}

export function isHostErrorDetails(value: unknown): value is HostErrorDetails {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, host, argv } = value as { readonly [key in keyof HostErrorDetails]?: unknown };
  return (
    kinds.includes(kind as HostErrorKind) &&
    typeof host === 'string' &&
    Array.isArray(argv) &&
    argv.every((word) => typeof word === 'string')
  );
}
