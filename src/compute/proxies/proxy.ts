// What a zero-cost figure is given: a network with its random start and one batch of images. Each figure is a file beside this one.
import type { Network } from '../networks/network'
import type { Tensor, Tensor1D, Tensor4D } from '../tensorflow/backend'
import type { Seed } from '../tensorflow/kernels/random'

export interface ProxyInput {
  readonly network: Network
  /** Value of a stored array by name, at the random start; the caller's. */
  readonly array: (name: string) => Tensor
  /** `[batch, height, width, channels]` float32, normalised; at least two. */
  readonly images: Tensor4D
  /** `[batch]` int32 */
  readonly labels: Tensor1D
  /** Of layers that draw while they train. */
  readonly seed: Seed
}

/**
 * One number, higher for what should train better; not finite where the network gives none. Leaves no tensor behind. Runs eagerly, so
 * that a network that is looked at once is not recorded first.
 */
export type Proxy = (input: ProxyInput) => number

/** Names of the kernels that the output depends on: what the published figures count, of convolutions and dense layers. */
export const kernelsOf = (network: Network, trained: ReadonlySet<string>): string[] =>
  network.arrays.filter(({ name, role }) => role === 'kernel' && trained.has(name)).map(({ name }) => name)
