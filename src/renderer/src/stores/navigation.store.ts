// Where the user is: the view, the run, the trial. One selection for every view, so that charts, table and breadcrumbs agree.
import { useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { en, type ViewName } from '@/locales/en'

/** What the editor is asked to open, a trial's network or the text of a file; the editor takes it and clears it. */
export type DesignRequest = { readonly trialId: number; readonly name: string } | { readonly text: Promise<string> }

export const useNavigationStore = defineStore('navigation', () => {
  const view = useLocalStorage<ViewName>('gptnas.view', 'search')
  if (!(view.value in en.views)) view.value = 'search'
  const runId = useLocalStorage<string | null>('gptnas.run', null, {
    serializer: { read: (text) => (text === '' ? null : text), write: (value) => value ?? '' },
  })
  /** The trial whose details are open. */
  const trialId = ref<number | null>(null)
  const designRequest = ref<DesignRequest | null>(null)

  function open(name: ViewName): void {
    view.value = name
  }
  function selectRun(id: string | null): void {
    if (runId.value === id) return
    runId.value = id
    trialId.value = null
  }
  /** Shows a trial's details in Results. */
  function openTrial(run: string, trial: number): void {
    selectRun(run)
    trialId.value = trial
    view.value = 'results'
  }
  function openInEditor(request: DesignRequest): void {
    designRequest.value = request
    view.value = 'design'
  }
  function takeDesignRequest(): DesignRequest | null {
    const request = designRequest.value
    designRequest.value = null
    return request
  }

  return { view, runId, trialId, designRequest, open, selectRun, openTrial, openInEditor, takeDesignRequest }
})
