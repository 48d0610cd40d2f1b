// What the canvas shows: the design itself, or the layers of a block gone into, which are to be looked at only.
import { computed, shallowRef, watch } from 'vue'
import { inspectDocument } from '@shared/architecture/checks'
import { graphOf, type ArchitectureDocument } from '@shared/architecture/document'
import { AppError } from '@shared/errors'
import { cardsOf } from '@shared/architecture/picture/cards'
import { expansionOf } from '../model/expansion'
import { useEditorStore } from '../store/editor.store'
import { useEditing } from './use-editing'

/** @param onLayer called for a node that has nothing inside. */
export function useInside(onLayer: () => void) {
  const editor = useEditorStore()
  const { refuse } = useEditing()

  /** Blocks gone into, outermost first: each a picture of its own. */
  const inside = shallowRef<readonly { readonly title: string; readonly document: ArchitectureDocument }[]>([])
  watch(
    () => editor.active?.key,
    () => {
      inside.value = []
    },
  )
  const shown = computed(() => {
    const design = editor.active
    const innermost = inside.value.at(-1)
    if (!design) return null
    if (!innermost)
      return { key: design.key, document: design.document, cards: editor.cards, isReadOnly: editor.isLocked }
    // What is wrong with a picture of layers that is no network (no logits) is nothing to tell.
    const inspection = { ...inspectDocument(innermost.document, editor.library), problems: [] }
    return {
      key: `${design.key}/${inside.value.length}/${innermost.title}`,
      document: innermost.document,
      cards: cardsOf(innermost.document, inspection, editor.library),
      isReadOnly: true,
    }
  })
  const NOTHING: ReadonlySet<string> = new Set()
  const selection = computed(() => (inside.value.length > 0 ? NOTHING : (editor.active?.selection ?? NOTHING)))

  function openNode(nodeId: string): void {
    const current = shown.value
    if (!current) return
    const node = graphOf(current.document).nodes.get(nodeId)
    if (node?.type !== 'block') {
      onLayer()
      return
    }
    try {
      const document = expansionOf(current.document, nodeId, editor.library)
      inside.value = [...inside.value, { title: node.label ?? editor.cards.get(nodeId)?.title ?? node.block, document }]
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      refuse(error)
    }
  }

  return { inside, shown, selection, openNode }
}
