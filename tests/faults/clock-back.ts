// Loaded before an application: for it, the clock was set back by two days.
const RealDate = Date
const BACK_MILLISECONDS = 2 * 24 * 60 * 60 * 1000

class EarlierDate extends RealDate {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) super(RealDate.now() - BACK_MILLISECONDS)
    else super(...(given as [number]))
  }

  static override now(): number {
    return RealDate.now() - BACK_MILLISECONDS
  }
}
globalThis.Date = EarlierDate as DateConstructor
