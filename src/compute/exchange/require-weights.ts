// Whether weights are those of a network: asked before anything is made of them.
import { AppError } from '@shared/errors'
import type { Network } from '../networks/network'
import type { Weights } from '../networks/weights'

/** @throws AppError `invalid-input` when an array of the network is missing or has another size */
export function requireWeights({ arrays }: Network, weights: Weights): void {
  for (const { name, shape } of arrays) {
    const found = weights.get(name)
    if (found?.shape.join() !== shape.join())
      throw new AppError(
        'invalid-input',
        `The weights must hold ${name} as [${shape.join(', ')}]; they hold ${found ? `[${found.shape.join(', ')}]` : 'no such array'}.`,
        'Export with the weights file of the same trial.',
      )
  }
}
