// Copy, cut and paste through the system's clipboard, by the events the browser raises for keys and menus alike.
import { useEventListener } from '@vueuse/core'
import { useI18n } from 'vue-i18n'
import { useNavigationStore } from '@/stores/navigation.store'
import { AppError } from '@shared/errors'
import { copySelection, parseClipboard } from '@shared/architecture/document'
import { innerSelection, paste, removeSelection } from '../store/edit-commands'
import { useEditorStore } from '../store/editor.store'
import { useEditing } from './use-editing'
import { isTyping } from './typing'

/** Beside the original, on a grid of the cards' gaps. */
const OFFSET = 32

export function useDesignClipboard(): void {
  const { t } = useI18n()
  const editor = useEditorStore()
  const navigation = useNavigationStore()
  const { edit, refuse } = useEditing()
  let pastes = 0

  const isOurs = (): boolean =>
    navigation.view === 'design' && editor.active !== null && !isTyping() && String(getSelection() ?? '') === ''

  function copy(event: ClipboardEvent): number {
    const design = editor.active
    if (!design || !isOurs()) return 0
    const ids = innerSelection(design)
    if (ids.length === 0) return 0
    event.clipboardData?.setData('text/plain', JSON.stringify(copySelection(design.document, ids, editor.library)))
    event.preventDefault()
    pastes = 0
    return ids.length
  }
  useEventListener(document, 'copy', (event) => {
    const count = copy(event)
    if (count > 0) editor.announce(t('design.copied', { count }, count))
  })
  useEventListener(document, 'cut', (event) => {
    if (!editor.isLocked && copy(event) > 0) edit((design) => void removeSelection(design, false))
  })
  useEventListener(document, 'paste', (event) => {
    if (!isOurs()) return
    try {
      const clipboard = parseClipboard(event.clipboardData?.getData('text/plain') ?? '')
      if (!clipboard) return
      event.preventDefault()
      pastes += 1
      edit((design) => void paste(design, editor.library, clipboard, { x: OFFSET * pastes, y: OFFSET * pastes }))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      refuse(error)
    }
  })
}
