// Initial weights from a seeded stream per array, so that neither node order nor other layers shift what a layer gets.
import { createRandom, type Random } from '@shared/random'
import { elementCount } from '@shared/element-count'
import type { StoredArray } from './parameters'
import type { NamedArray } from './weights'

/** A standard normal pair (Box & Muller 1958); `1 - next()` keeps the logarithm finite. */
function normalPair(random: Random): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
  const angle = 2 * Math.PI * random.next()
  return [radius * Math.cos(angle), radius * Math.sin(angle)]
}

/** Fills with draws from a normal distribution around 0. */
export function fillNormal(values: Float32Array, deviation: number, random: Random): void {
  for (let i = 0; i < values.length; i += 2) {
    const [first, second] = normalPair(random)
    values[i] = first * deviation
    if (i + 1 < values.length) values[i + 1] = second * deviation
  }
}

/** @param seed of the trial; the same seed and array name give the same values on every machine. */
export function initialValues(stored: StoredArray, seed: number): NamedArray {
  const values = new Float32Array(elementCount(stored.shape))
  const random = createRandom(seed).fork('weights').fork(stored.name)
  switch (stored.initialisation) {
    case 'he':
      fillNormal(values, Math.sqrt(2 / stored.fanIn), random)
      break
    case 'glorot': {
      const limit = Math.sqrt(6 / (stored.fanIn + stored.fanOut))
      for (let i = 0; i < values.length; i++) values[i] = (2 * random.next() - 1) * limit
      break
    }
    case 'ones':
      values.fill(1)
      break
    case 'zeros':
      break
  }
  return { name: stored.name, shape: stored.shape, values }
}
