// Edits as the user meets them: on the design on show, refused in words instead of by exceptions, and said aloud.
import { useI18n } from 'vue-i18n'
import { useNoticesStore } from '@/stores/notices.store'
import { AppError } from '@shared/errors'
import { useEditorStore } from '../store/editor.store'
import type { OpenDesign } from '../store/open-design'
import { stepText } from '../store/steps'

export function useEditing() {
  const { t } = useI18n()
  const editor = useEditorStore()
  const notices = useNoticesStore()

  /** Shows why something was not done. */
  function refuse(error: AppError): void {
    const text = [error.message, error.fix].filter(Boolean).join(' ')
    notices.tell(text)
    editor.announce(text)
  }
  /** Runs `work` on the design on show; false when it is locked or the document refuses. */
  function edit(work: (design: OpenDesign) => void): boolean {
    const design = editor.active
    if (design === null || editor.isLocked) return false
    const before = design.document
    try {
      work(design)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      refuse(error)
      return false
    }
    if (design.document !== before && design.undoLabel) editor.announce(stepText(t, design.undoLabel))
    return true
  }
  function undo(): void {
    const design = editor.active
    const label = design?.undoLabel
    if (!design || editor.isLocked || label === undefined || !design.undo()) return
    editor.announce(t('design.undone', { step: stepText(t, label) }))
  }
  function redo(): void {
    const design = editor.active
    const label = design?.redoLabel
    if (!design || editor.isLocked || label === undefined || !design.redo()) return
    editor.announce(t('design.redone', { step: stepText(t, label) }))
  }
  return { edit, refuse, undo, redo }
}
