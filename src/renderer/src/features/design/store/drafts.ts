// Autosave: what is open and unsaved is kept as a draft in the workspace, never over the named design, and which drafts
// there are is remembered by the window.
import { useDebounceFn, useLocalStorage } from '@vueuse/core'
import { watch } from 'vue'
import type { EngineConnection } from '@/api/engine-client'
import type { ArchitectureDocument } from '@shared/architecture/document'
import { parseDesign } from '../inspecting/inspector'
import type { OpenDesign } from './open-design'

export interface RememberedTab {
  readonly key: string
  readonly designId?: string
}

/** Long enough to spare the disk while dragging, short enough that a crash costs one thought. */
const AUTOSAVE_MS = 800

export interface Drafts {
  /** Tabs of the last session; the editor writes the present ones here. */
  readonly remembered: { value: { tabs: RememberedTab[]; active: string | null } }
  /** Keeps a draft of `design` for as long as the calling scope lives. */
  follow(design: OpenDesign): () => void
  load(key: string): Promise<ArchitectureDocument | null>
  discard(key: string): Promise<void>
}

/**
 * @param isReadOnly no draft is written then.
 * @param onError gets what a failed autosave threw, and null once one succeeded.
 */
export function useDrafts(
  { client }: EngineConnection,
  isReadOnly: () => boolean,
  onError: (thrown: unknown) => void,
): Drafts {
  const remembered = useLocalStorage<{ tabs: RememberedTab[]; active: string | null }>('gptnas.design.tabs', {
    tabs: [],
    active: null,
  })

  async function keep(design: OpenDesign): Promise<void> {
    if (isReadOnly() || design.draft !== null) return
    try {
      if (design.isDirty) await client.designs.saveDraft({ key: design.draftKey, document: design.document })
      else await client.designs.discardDraft({ key: design.draftKey })
      onError(null)
    } catch (thrown) {
      onError(thrown)
    }
  }

  return {
    remembered,
    follow(design) {
      const soon = useDebounceFn(() => keep(design), AUTOSAVE_MS)
      return watch(
        () => design.document,
        () => void soon(),
      )
    },
    async load(key) {
      const draft = await client.designs.loadDraft({ key })
      return draft === null ? null : parseDesign(draft.document)
    },
    async discard(key) {
      await client.designs.discardDraft({ key })
    },
  }
}
