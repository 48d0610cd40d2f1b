// What can be done with the selected run, once: for its buttons, the palette and the keys.
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useCommands } from '@/stores/commands.store'
import { useEngineStore } from '@/stores/engine.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { useNoticesStore } from '@/stores/notices.store'
import { useRunsStore } from '@/stores/runs.store'
import { useAllowedCommand } from './use-allowed-command'
import { RUN_STATE_RULES } from '@shared/search/run-states'

/** How the keys of failures with a run begin; its id follows. */
export const RUN_FAILURES = 'run/'

/** Actions on the selected run; a failure is shown under its name, with its reason. */
export function useRunControls() {
  const { t } = useI18n()
  const navigation = useNavigationStore()
  const notices = useNoticesStore()
  const runs = useRunsStore()
  const engine = useEngineStore()

  const run = computed(() => runs.byId(navigation.runId))
  // Where another workbench holds the workspace, it is asked to steer a run; runs are begun and removed by itself alone.
  const can = computed(() => {
    const rules = run.value === null ? null : RUN_STATE_RULES[run.value.state]
    return {
      canPause: rules?.canPause === true,
      canResume: rules?.canResume === true && !engine.isReadOnly,
      canStop: rules?.canStop === true,
      canRemove: rules?.canRemove === true && !engine.isReadOnly,
      canChange: rules?.isOver === false,
    }
  })
  const isBusy = ref(false)
  const { askAboutCommand } = useAllowedCommand()

  async function act(name: 'pause' | 'resume' | 'stop' | 'remove'): Promise<void> {
    const shown = run.value
    if (shown === null || isBusy.value) return
    const { id } = shown
    isBusy.value = true
    await notices.attempt(
      { key: `${RUN_FAILURES}${id}/state`, title: t(`run.${name}Failed`), retryLabel: t('common.retry') },
      async () => {
        if (name === 'resume') await askAboutCommand(shown.definition)
        return runs[name](id)
      },
    )
    isBusy.value = false
  }
  async function rename(name: string): Promise<void> {
    const id = run.value?.id
    if (id === undefined) return
    const attempt = { key: `${RUN_FAILURES}${id}/name`, title: t('run.renameFailed'), retryLabel: t('common.retry') }
    await notices.attempt(attempt, () => runs.rename(id, name))
  }
  return { run, can, isBusy, act, rename }
}

/** Puts pause and resume into palette and key sheet while Search is shown. */
export function useRunCommands(): void {
  const { t } = useI18n()
  const { can, act } = useRunControls()
  useCommands(() => [
    {
      id: 'run-pause',
      title: t('run.pause'),
      group: t('commands.run'),
      isEnabled: () => can.value.canPause,
      run: () => void act('pause'),
    },
    {
      id: 'run-resume',
      title: t('run.resume'),
      group: t('commands.run'),
      isEnabled: () => can.value.canResume,
      run: () => void act('resume'),
    },
  ])
}
