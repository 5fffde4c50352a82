/** The program is not installed: exec(2) says ENOENT. */
export class MissingProgram extends Error {
  override readonly name = 'MissingProgram';
}
