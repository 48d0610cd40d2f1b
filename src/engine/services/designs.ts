// Implements the design service: parses and checks what comes, stores versions, keeps drafts.
import { implement } from '@orpc/server'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { inspectDocument, isSound } from '@shared/architecture/checks'
import {
  metaOf,
  parseDocument,
  readChain,
  selfContained,
  type ArchitectureDocument,
} from '@shared/architecture/document'
import { blockLibrary } from '@shared/architecture/library'
import { designsContract } from '@shared/contract/designs'
import { AppError } from '@shared/errors'
import {
  discardDraft,
  listDesigns,
  loadDesign,
  loadDraft,
  removeDesign,
  saveDesign,
  saveDraft,
  searchableBlocks,
  type DesignFacts,
} from '../storage/designs'
import type { Services } from './services'

/**
 * A document as it is stored, holding every block of the workspace that it names, and what it comes to.
 * @throws AppError `conflict` for a built-in block's name; `invalid-architecture` where what it names makes it too large
 */
async function storedForm(
  { store }: Services,
  given: ArchitectureDocument,
): Promise<{ readonly document: ArchitectureDocument; readonly facts: DesignFacts }> {
  const meta = metaOf(given)
  if (meta.kind === 'block' && BUILT_IN_BLOCKS.has(meta.name)) {
    throw new AppError('conflict', `"${meta.name}" is the name of a built-in block.`, 'Choose another name.')
  }
  const blocks = (await searchableBlocks(store.db)).map((block) => parseDocument(block))
  const others = blocks.filter((other) => metaOf(other).name !== meta.name || meta.kind === 'network')
  const library = blockLibrary(others)
  const document = parseDocument(selfContained(given, library))
  const { problems, cost } = inspectDocument(document, library)
  const facts = {
    kind: meta.kind,
    name: meta.name,
    parameters: cost?.parameters ?? null,
    macs: cost?.macs ?? null,
    errors: problems.filter(({ severity }) => severity === 'error').length,
    // A chain of blocks some space can express; whether a given one does depends on its limits (searches.check).
    searchable: isSound(problems) && (meta.kind === 'block' || !('reason' in readChain(document))),
  }
  return { document, facts }
}

export function designsService(services: Services) {
  const { store } = services
  const os = implement(designsContract)
  return os.router({
    list: os.list.handler(() => listDesigns(store.db)),
    load: os.load.handler(({ input }) => loadDesign(store.db, input.id)),
    save: os.save.handler(async ({ input }) => {
      const { document, facts } = await storedForm(services, parseDocument(input.document))
      return store.write((writer) => saveDesign(writer, input.id, facts, document))
    }),
    remove: os.remove.handler(async ({ input }) => ({
      removed: await store.write((writer) => removeDesign(writer, input.id)),
    })),
    saveDraft: os.saveDraft.handler(async ({ input }) => ({
      // A draft may be broken in any way but must be a document, or it could not be opened again.
      savedAt: await store.write((writer) => saveDraft(writer, input.key, parseDocument(input.document))),
    })),
    loadDraft: os.loadDraft.handler(({ input }) => loadDraft(store.db, input.key)),
    discardDraft: os.discardDraft.handler(async ({ input }) => ({
      removed: await store.write((writer) => discardDraft(writer, input.key)),
    })),
  })
}
