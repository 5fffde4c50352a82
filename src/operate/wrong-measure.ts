/** A request that no host may be made to carry out. */
export class WrongMeasure extends Error {
  override readonly name = 'WrongMeasure';
}
