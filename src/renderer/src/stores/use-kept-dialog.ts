// A dialog whose work goes on when it is closed: the status bar lists it, and its result too, until somebody has looked at it.
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useNoticesStore } from '@/stores/notices.store'
import { useWorkStore, type Work } from '@/stores/work.store'

export interface KeptWork {
  readonly title: () => string
  readonly isBusy: () => boolean
  readonly hasFailed: () => boolean
  /** Called where it is closed with nothing under way: the dialog may go. */
  readonly discard: () => void
  /** Shows what came of it, where that is not in the dialog. */
  readonly showResult?: () => void
}

export interface KeptDialog {
  readonly isOpen: Ref<boolean>
  /** What Escape, the scrim and the buttons do. */
  close(): void
}

/**
 * The calling component must outlive its closed dialog, and so must the state of the work: what is inside of the dialog is taken apart.
 * @param isOpen whether it is on show, where the parent decides that
 */
export function useKeptDialog(kept: KeptWork, isOpen: Ref<boolean> = ref(true)): KeptDialog {
  const { t } = useI18n()
  const store = useWorkStore()
  const notices = useNoticesStore()
  const id = store.nextId()

  function open(): void {
    store.forget(id)
    if (kept.showResult !== undefined && !kept.isBusy() && !kept.hasFailed()) kept.showResult()
    else isOpen.value = true
  }
  /** As it was when the dialog was closed: it names what went on then. */
  let title = ''
  const now = (state: Work['state']): Work => ({ id, title, state, open })

  function close(): void {
    isOpen.value = false
    title = kept.title()
    if (kept.isBusy()) store.keep(now('running'))
    else {
      store.forget(id)
      kept.discard()
    }
  }
  watch(kept.isBusy, (isBusy) => {
    if (isOpen.value || !store.isKept(id)) return
    const state = isBusy ? 'running' : kept.hasFailed() ? 'failed' : 'done'
    store.keep(now(state))
    if (isBusy) return
    notices.tell(t(`work.ended.${state}`, { title }), { label: t('work.show'), run: open })
  })
  // Opened by its parent's button instead of by the list.
  watch(isOpen, (opened) => {
    if (opened) store.forget(id)
  })
  onScopeDispose(() => store.forget(id))
  return { isOpen, close }
}
