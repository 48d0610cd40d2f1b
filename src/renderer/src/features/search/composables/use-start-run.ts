// Starting a run: from the form or, in one click, from the sample. The new run becomes the selected one.
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useDatasetsStore } from '@/stores/datasets.store'
import { useDefinitionStore } from '@/stores/definition.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { useNoticesStore } from '@/stores/notices.store'
import { useRunsStore } from '@/stores/runs.store'
import { useAllowedCommand } from './use-allowed-command'
import { evaluatorOf } from '@shared/evaluators/registry'
import type { RunDefinition } from '@shared/search/run'

export const START_FAILURE = 'start-run'

export function useStartRun() {
  const { t } = useI18n()
  const navigation = useNavigationStore()
  const notices = useNoticesStore()
  const datasets = useDatasetsStore()
  const settings = useDefinitionStore()
  const runs = useRunsStore()
  const { askAboutCommand } = useAllowedCommand()
  const isStarting = ref(false)

  /** Creates and starts a run; a failure is shown beside the button that starts, with its reason. */
  async function start(definition: RunDefinition): Promise<void> {
    if (isStarting.value) return
    isStarting.value = true
    const run = await notices.attempt(
      { key: START_FAILURE, title: t('definition.startFailed'), retryLabel: t('common.retry') },
      async () => {
        await askAboutCommand(definition)
        // As the command line does: what a person starts brings what it needs.
        if (evaluatorOf(definition).needsData) await datasets.need(definition.data.dataset)
        return runs.create(definition)
      },
    )
    isStarting.value = false
    if (run !== undefined) navigation.selectRun(run.id)
    else settings.page = 'definition'
  }
  return { isStarting, start }
}
