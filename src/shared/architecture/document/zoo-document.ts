// A zoo network as a document: the templates of the editor and what `gpt-nas zoo` opens.
import { zooNetwork, type ZooOptions } from '../zoo'
import { chainDocument } from './chain'
import type { ArchitectureDocument } from './records'

/**
 * By torchvision's name; its classifier follows the document's number of classes.
 * @throws AppError `not-found` for an unknown name, `invalid-architecture` for an input too small for it.
 */
export function zooDocument(name: string, options: ZooOptions = {}): ArchitectureDocument {
  const { input, classes, stages, head } = zooNetwork(name, options)
  const followed = head.map(({ kind, parameters }) =>
    kind === 'dense' ? { kind, parameters: { ...parameters, features: { bind: 'classes' } } } : { kind, parameters },
  )
  return chainDocument({ name, inputShape: input, classes, stem: [], blocks: stages, head: followed })
}
