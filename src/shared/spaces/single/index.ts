// The space of one architecture for the registry.
import { parseDocument } from '../../architecture/document'
import type { SpaceKind } from '../space'
import type { SingleSpaceDefinition } from './schema'
import { createSingleSpace } from './space'

export const singleKind: SpaceKind<SingleSpaceDefinition> = {
  open: ({ architecture }, { shape, classes }, library) =>
    createSingleSpace({ document: parseDocument(architecture), library, inputShape: shape, classes }),
}
