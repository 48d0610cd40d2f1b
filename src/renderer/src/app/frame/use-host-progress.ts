// Mirrors the running search on the taskbar and in the window's title, and notifies when one ends while the window is away.
import { computed, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useHost } from '@/api/keys'
import { useNavigationStore } from '@/stores/navigation.store'
import { useNoticesStore } from '@/stores/notices.store'
import { useRunsStore } from '@/stores/runs.store'
import { useFormats } from '@/lib/use-formats'
import { fitnessReading } from '@shared/evaluators/registry'
import { runProgress } from '@shared/search/progress'
import type { RunState } from '@shared/search/run-states'

const ENDED: readonly RunState[] = ['finished', 'failed']

/** Call once, in the frame. */
export function useHostProgress(): void {
  const { t } = useI18n()
  const formats = useFormats()
  const host = useHost()
  const runs = useRunsStore()
  const notices = useNoticesStore()
  const navigation = useNavigationStore()

  // In whole percents, as the title says it: the run itself changes ten times a second, and each call crosses processes.
  const share = computed(() => (runs.active === null ? null : Math.round(runProgress(runs.active) * 100) / 100))
  const name = computed(() => runs.active?.definition.name ?? '')
  watch(
    [share, name],
    ([fraction]) =>
      host.setProgress({
        fraction,
        title:
          fraction === null
            ? t('app.name')
            : t('app.titleWithRun', { percent: formats.percent(fraction, 0), name: name.value }),
      }),
    { immediate: true },
  )

  let known = new Map<string, RunState>()
  watch(
    () => runs.runs,
    (list) => {
      for (const run of list) {
        const before = known.get(run.id)
        if (before === undefined || before === run.state || !ENDED.includes(run.state)) continue
        const title = t(run.state === 'finished' ? 'run.finishedNews' : 'run.failedNews', {
          number: run.number,
          name: run.definition.name,
        })
        const reading = fitnessReading(run.definition)
        const body =
          run.bestFitness === null
            ? ''
            : t('run.bestNews', { name: reading.name, fitness: formats.fitness(reading, run.bestFitness) })
        if (document.hasFocus()) {
          notices.tell(title, {
            label: t('run.showResults'),
            run: () => {
              navigation.selectRun(run.id)
              navigation.open('results')
            },
          })
        } else host.notify({ title, body })
        if (run.state === 'failed' && run.error !== null) notices.report(`run-${run.id}`, title, run.error)
      }
      known = new Map(list.map((run) => [run.id, run.state]))
    },
    { immediate: true },
  )
}
