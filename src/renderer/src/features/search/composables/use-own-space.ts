// Choosing a space file of the user's: the engine reads it with its table, and the definition keeps what they hold.
import { useI18n } from 'vue-i18n'
import { useEngine, useHost } from '@/api/keys'
import { useDefinitionStore } from '@/stores/definition.store'
import { useNoticesStore } from '@/stores/notices.store'

export const SPACE_FAILURE = 'own-space'

export function useOwnSpace() {
  const { t } = useI18n()
  const { client } = useEngine()
  const host = useHost()
  const notices = useNoticesStore()
  const store = useDefinitionStore()

  /** Asks for a file; what goes wrong with it is shown, and the definition stays as it was. */
  async function choose(): Promise<void> {
    const path = await host.chooseFile({ title: t('definition.chooseSpace'), extensions: ['json'] })
    if (path === null) return
    const attempt = { key: SPACE_FAILURE, title: t('definition.spaceFailed'), retryLabel: t('common.retry') }
    const space = await notices.attempt(attempt, () => client.searches.readSpace({ path }))
    if (space === undefined) return
    store.set('space', space)
    // A table that is there is what its owner means; training stays a choice away.
    if (space.table !== null && store.value('evaluator.kind') === 'training') store.set('evaluator', { kind: 'table' })
  }
  return { choose }
}
