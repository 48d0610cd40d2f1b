// What the proposer would put next into the chain being designed, and accepting one of its candidates.
import { ref } from 'vue'
import { useEngine } from '@/api/keys'
import { useTask } from '@/api/use-task'
import { chainPrefix, type ChainPrefix } from '../model/chain-prefix'
import { add } from '../store/edit-commands'
import { useEditorStore } from '../store/editor.store'
import { useEditing } from './use-editing'

/** Shown candidates: the rest of the probability is spread thin. */
const COUNT = 5

export function useSuggestions() {
  const { client } = useEngine()
  const editor = useEditorStore()
  const { edit } = useEditing()
  const isOpen = ref(false)

  const ask = useTask(async () => {
    const design = editor.active
    if (design === null) return null
    const prefix = chainPrefix(design.document, editor.library, design.primary)
    const { genotype, position, stemWidth } = prefix
    const candidates = await client.proposer.suggest({ genotype: { ...genotype }, position, count: COUNT, stemWidth })
    return { prefix, candidates }
  })
  function open(): void {
    isOpen.value = true
    void ask.run()
  }
  function close(): void {
    isOpen.value = false
  }
  /** Adds the block where it was suggested, then asks for the one after it. */
  function accept(block: string, prefix: ChainPrefix): void {
    if (edit((design) => void add(design, editor.library, { block }, { after: prefix.after }))) open()
  }
  return { isOpen, ask, open, close, accept }
}
