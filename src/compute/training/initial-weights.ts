// Weights that a training begins with: of an imported network, or of an earlier training. What has the name and the shape of an array of
// the network is taken, the rest begins at random: a new head, or layers that were put in since.
import { z } from 'zod'
import { AppError } from '@shared/errors'
import type { Normalisation } from '../data/normalise'
import { readArrayFile } from '../networks/array-file'
import type { Network } from '../networks/network'
import type { NamedArray } from '../networks/weights'

export interface InitialWeights {
  readonly arrays: ReadonlyMap<string, NamedArray>
  /** What the weights expect of the images. */
  readonly normalisation: Normalisation
  /** What begins at random, for a person to read; null where nothing does. */
  readonly notice: string | null
}

const metaSchema = z.object({ mean: z.array(z.number()), deviation: z.array(z.number()) })
/** Layers that a notice names. */
const NAMED = 5

async function read(file: string): ReturnType<typeof readArrayFile> {
  try {
    return await readArrayFile(file)
  } catch (cause) {
    throw new AppError(
      'storage-failed',
      `The weights to start from cannot be read: ${file}.`,
      'Train from scratch, or train the trial again.',
      { cause },
    )
  }
}

/**
 * @param inherits they are those of another architecture, of which nothing need agree
 * @throws AppError `storage-failed` for a damaged file, `invalid-input` for weights that have nothing of the network
 */
export async function readInitialWeights(network: Network, file: string, inherits = false): Promise<InitialWeights> {
  const { arrays, meta } = await read(file)
  const parsed = metaSchema.safeParse(meta)
  if (!parsed.success)
    throw new AppError('storage-failed', `${file} is no file of weights: ${z.prettifyError(parsed.error)}`)
  const given = new Map(arrays.map((array) => [array.name, array]))
  const taken = new Map<string, NamedArray>()
  const fresh = new Set<string>()
  for (const { name, node, shape } of network.arrays) {
    const found = given.get(name)
    if (found?.shape.join() === shape.join()) taken.set(name, found)
    else fresh.add(node)
  }
  if (taken.size === 0 && !inherits)
    throw new AppError(
      'invalid-input',
      `The weights to begin with hold nothing of this network: none of its ${network.arrays.length} arrays has a name and a size that they have.`,
      'Train the network that they belong to, or a change of it that keeps the names of its layers.',
    )
  const names = [...fresh].slice(0, NAMED).join(', ')
  const rest = `; ${fresh.size} layers begin at random: ${names}${fresh.size > NAMED ? ' and others' : ''}`
  return {
    arrays: taken,
    normalisation: parsed.data,
    notice:
      fresh.size === 0 || inherits
        ? null
        : `Training begins with the given values of ${taken.size} of ${network.arrays.length} arrays${rest}.`,
  }
}
