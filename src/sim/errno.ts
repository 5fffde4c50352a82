/** The kernel's errors and libc's texts for them (`strerror`). */
export const strerror = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  ESRCH: 'No such process',
  EIO: 'Input/output error',
  ENXIO: 'No such device or address',
  EAGAIN: 'Resource temporarily unavailable',
  ENOMEM: 'Cannot allocate memory',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  ENODEV: 'No such device',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EINVAL: 'Invalid argument',
  ERANGE: 'Numerical result out of range',
  ELOOP: 'Too many levels of symbolic links',
  ENOTEMPTY: 'Directory not empty',
  EPROTONOSUPPORT: 'Protocol not supported',
  EOPNOTSUPP: 'Operation not supported',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ENETDOWN: 'Network is down',
  ENETUNREACH: 'Network is unreachable',
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
} as const;

export type Errno = keyof typeof strerror;

/** The kernel refused. `extack` is netlink's own sentence, without prefix and full stop. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly errno: Errno;
  readonly extack: string | undefined;

  constructor(errno: Errno, extack?: string) {
    // It is an answer, not a defect: capturing a stack for each took a tenth of a simulated host's time.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(extack ?? strerror[errno]);
    Error.stackTraceLimit = stackTraceLimit;
    this.errno = errno;
    this.extack = extack;
  }
}

/** The kernel does not answer: the caller sleeps until its deadline. */
export class Blocked extends Error {
  override readonly name = 'Blocked';
}

/** A program failed by itself, before or without a call to the kernel. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: number;

  constructor(code: number, stderr: string) {
    super(stderr);
    this.code = code;
  }
}
