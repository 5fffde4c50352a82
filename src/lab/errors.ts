/** What can go wrong with the lab, by name. */
export type LabErrorCode =
  | 'LAB_BAD_NAME'
  | 'LAB_TOOL_MISSING'
  | 'LAB_BUSY'
  | 'LAB_ALREADY_UP'
  | 'LAB_NOT_UP'
  | 'LAB_NO_SPACE'
  | 'LAB_BUILD_FAILED'
  | 'LAB_QEMU_FAILED'
  | 'LAB_SWITCH_FAILED'
  | 'LAB_PORT_TAKEN'
  | 'LAB_BOOT_TIMEOUT'
  | 'LAB_QMP_FAILED';

/** An error of the lab: what happened, and in `hint` what its user can do about it. */
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
