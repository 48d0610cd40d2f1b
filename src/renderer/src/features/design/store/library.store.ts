// The designs of the workspace: their list, the documents of the user's blocks, saving and removing. What is open and
// being edited is the editor's (editor.store.ts).
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { useEngine } from '@/api/keys'
import { useTask } from '@/api/use-task'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import type { ArchitectureDocument } from '@shared/architecture/document'
import { blockLibrary } from '@shared/architecture/library'
import type { Design } from '@shared/contract/designs'
import { parseDesign } from '../inspecting/inspector'

interface UserBlock {
  readonly updatedAt: string
  readonly document: ArchitectureDocument
}

export const useLibraryStore = defineStore('design-library', () => {
  const { client, generation } = useEngine()
  const blocks = shallowRef<ReadonlyMap<string, UserBlock>>(new Map())

  const list = useTask(async (): Promise<readonly Design[]> => {
    const designs = await client.designs.list()
    await readBlocks(designs.filter((design) => design.kind === 'block' && design.searchable))
    return designs
  })
  /** Loads the blocks that are new or newer than what is known; one that cannot be read is left out. */
  async function readBlocks(designs: readonly Design[]): Promise<void> {
    const known = blocks.value
    const read = await Promise.allSettled(
      designs.map(async ({ id, updatedAt }): Promise<[string, UserBlock]> => {
        const before = known.get(id)
        if (before?.updatedAt === updatedAt) return [id, before]
        const { document } = await client.designs.load({ id })
        return [id, { updatedAt, document: await parseDesign(document) }]
      }),
    )
    blocks.value = new Map(read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])))
  }
  // Also after an engine restart: another engine may have another workspace.
  watch(generation, (count) => count > 0 && void list.run(), { immediate: true })

  const designs = computed(() => list.result.value ?? [])
  const library = computed(() => blockLibrary([...blocks.value.values()].map(({ document }) => document)))
  const names = computed(() => new Set([...designs.value.map(({ name }) => name), ...BUILT_IN_BLOCKS.keys()]))

  async function load(id: string): Promise<ArchitectureDocument> {
    return parseDesign((await client.designs.load({ id })).document)
  }
  /** Stores a version: the next one of design `id`, else the first of a new design. @throws what the contract names. */
  async function save(document: ArchitectureDocument, id: string | undefined): Promise<Design> {
    const design = await client.designs.save(id === undefined ? { document } : { id, document })
    await list.run()
    return design
  }
  async function remove(id: string): Promise<void> {
    await client.designs.remove({ id })
    await list.run()
  }

  return {
    designs,
    library,
    /** Names that are taken: of designs, and of the built-in blocks. */
    names,
    isLoading: list.isBusy,
    isLoaded: computed(() => list.result.value !== undefined),
    error: list.error,
    refresh: list.run,
    load,
    save,
    remove,
  }
})
