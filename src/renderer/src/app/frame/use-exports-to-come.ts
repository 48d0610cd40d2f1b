// Exports what was asked for with a run, once it is finished; one that ended otherwise has nothing to export.
import { watch } from 'vue'
import { useExportsToComeStore } from '@/stores/exports-to-come.store'
import { useRunsStore } from '@/stores/runs.store'
import { useExporter } from '@/stores/use-exporter'
import { RUN_STATE_RULES } from '@shared/search/run-states'

/** Call once, in the frame. */
export function useExportsToCome(): void {
  const runs = useRunsStore()
  const store = useExportsToComeStore()
  const { exportTrial } = useExporter()

  watch(
    () => runs.runs.filter(({ id }) => store.runIds.includes(id)),
    (asked) => {
      for (const { id, state, bestTrialId } of asked) {
        if (!RUN_STATE_RULES[state].isOver) continue
        store.forget(id)
        if (state === 'finished' && bestTrialId !== null) void exportTrial(bestTrialId)
      }
    },
    { immediate: true },
  )
}
