// The card while something trains on it: how busy it is and how much of it is held, as nvidia-smi says, from a moment to the next.
import { nvidiaSmi, type NvidiaDevice } from '../../src/engine/machine/nvidia-smi'
import { median } from '../harness'

/** Its own sample period is a sixth of a second to a second; asking oftener tells the same again. */
const EVERY_MS = 500

const smi = nvidiaSmi()
export const cards = (): Promise<NvidiaDevice[]> => smi.devices()

export interface Watched<T> {
  readonly result: T
  /** Middle share of busy time in the second half, when what starts has started; null where nobody tells. */
  readonly busy: number | null
  /** Bytes held of the first card, in the order they were read. */
  readonly bytes: readonly number[]
}

/** @param isCard false asks nobody */
export async function watchCard<T>(isCard: boolean, work: Promise<T>): Promise<Watched<T>> {
  const readings: NvidiaDevice[] = []
  let isOver = false
  const over = work.finally(() => (isOver = true))
  // Told by `over`, which is awaited below.
  over.catch(() => undefined)
  while (isCard && !isOver) {
    const [card] = await cards()
    if (card !== undefined) readings.push(card)
    await Promise.race([over.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, EVERY_MS))])
  }
  const result = await over
  const shares = readings.slice(readings.length >> 1).flatMap(({ utilisation }) => utilisation ?? [])
  const bytes = readings.flatMap(({ usedBytes }) => usedBytes ?? [])
  return { result, busy: shares.length === 0 ? null : median(shares), bytes }
}
