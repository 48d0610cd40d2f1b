// How raw pixels become what the first layer sees.

/** `(x / 255 - mean) / deviation`, per channel. */
export interface Scaling {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
  /** Nothing in the file says it: whoever runs the file elsewhere may bring the pixels to other numbers first. */
  readonly isAssumed?: true
}

/** The first layer is given the pixels as they are. */
export function unscaled(channels: number): Scaling {
  return { mean: Array<number>(channels).fill(0), deviation: Array<number>(channels).fill(1 / 255), isAssumed: true }
}

/** What is told of values whose scaling is assumed. */
export const ASSUMED_SCALING =
  'The file does not say how pixels become the numbers that its first layer sees: they go in as they are, from 0 to 255. ' +
  'Where the program it comes from divides them or takes a mean away first, put that into the file, or its scores are other ones here.'
