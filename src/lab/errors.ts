/** What can go wrong with the lab, by name. */
export type LabErrorCode =
  | 'LAB_BAD_NAME'
  | 'LAB_TOOL_MISSING'
  | 'LAB_BUSY'
  | 'LAB_ALREADY_UP'
  | 'LAB_NOT_UP'
  | 'LAB_NO_SPACE'
  | 'LAB_FOLDER_UNUSABLE'
  | 'LAB_BUILD_FAILED'
  | 'LAB_QEMU_FAILED'
  | 'LAB_SWITCH_FAILED'
  | 'LAB_PORT_TAKEN'
  | 'LAB_BOOT_TIMEOUT'
  | 'LAB_QMP_FAILED'
  | 'LAB_IMAGE_GONE'
  | 'LAB_NO_NETDEVSIM'
  | 'LAB_NETDEVSIM_FAILED'
  | 'LAB_INTERRUPTED';

/** An error of the lab: what happened, and in `hint`, what its user can do about it. */
export class LabError extends Error {
  readonly code: LabErrorCode;
  readonly hint: string;

  constructor(code: LabErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LabError';
    this.code = code;
    this.hint = hint;
  }
}

const unusable = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENAMETOOLONG'];

/** Runs `work`; an error of the file system in it becomes an error of the lab. */
export async function withLabErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const message = error instanceof Error ? error.message : String(error);
    if (code === 'ENOSPC')
      throw new LabError('LAB_NO_SPACE', message, 'the lab needs about 4 GB free', error);
    if (!unusable.includes(code)) throw error;
    const hint = 'the lab writes to its own folder and to $VFLANE_CACHE_DIR (~/.cache/vflane)';
    throw new LabError('LAB_FOLDER_UNUSABLE', message, hint, error);
  }
}
