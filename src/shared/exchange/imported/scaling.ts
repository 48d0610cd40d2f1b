// How raw pixels become what the first layer sees.

/** `(x / 255 - mean) / deviation`, per channel. */
export interface Scaling {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** The first layer is given the pixels as they are. */
export function unscaled(channels: number): Scaling {
  return { mean: Array<number>(channels).fill(0), deviation: Array<number>(channels).fill(1 / 255) }
}
