// Starting a run: from the form or, in one click, from the sample. The new run becomes the selected one.
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useNavigationStore } from '@/stores/navigation.store'
import { useNoticesStore } from '@/stores/notices.store'
import { useRunsStore } from '@/stores/runs.store'
import type { RunDefinition } from '@shared/search/run'

export function useStartRun() {
  const { t } = useI18n()
  const navigation = useNavigationStore()
  const notices = useNoticesStore()
  const runs = useRunsStore()
  const isStarting = ref(false)

  /** Creates and starts a run; a failure becomes a problem with its reason. */
  async function start(definition: RunDefinition): Promise<void> {
    if (isStarting.value) return
    isStarting.value = true
    const run = await notices.attempt('start-run', t('definition.startFailed'), () => runs.create(definition))
    isStarting.value = false
    if (run !== undefined) navigation.selectRun(run.id)
  }
  return { isStarting, start }
}
