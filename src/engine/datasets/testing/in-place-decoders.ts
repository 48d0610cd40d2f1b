// The work of the decoder threads in place, for tests of everything round it.
import { prepareBatch } from '../images/batch'
import type { Decoders } from '../images/decoders'
import { findDuplicates } from '../images/duplicates'

export function inPlaceDecoders(): Decoders {
  return {
    size: 1,
    prepare: prepareBatch,
    compare: (printed) => Promise.resolve(findDuplicates(printed)),
    close: () => Promise.resolve(),
  }
}
