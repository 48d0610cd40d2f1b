// The images that architectures are for where nobody names a data set: CIFAR-10's, which the published spaces are for.
import type { DataFacts } from './space'

export interface ImageFacts extends DataFacts {
  readonly shape: readonly [height: number, width: number, channels: number]
}

export const PUBLISHED_IMAGES: ImageFacts = { shape: [32, 32, 3], classes: 10 }
