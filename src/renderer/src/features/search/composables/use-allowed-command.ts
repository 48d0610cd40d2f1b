// Asks the person about the program of a search before it is started, where nobody on this machine has allowed it yet: main shows it in
// a dialog of its own, and the engine asks main whether that was answered (decision 107).
import { useI18n } from 'vue-i18n'
import { useEngine, useHost } from '@/api/keys'
import { AppError } from '@shared/errors'
import { commandOf } from '@shared/evaluators/command'
import type { RunDefinition } from '@shared/search/run'

export function useAllowedCommand() {
  const { t } = useI18n()
  const { client } = useEngine()
  const host = useHost()

  /** @throws AppError `cancelled` where the person says no */
  async function askAboutCommand({ evaluator }: Pick<RunDefinition, 'evaluator'>): Promise<void> {
    if (evaluator.kind !== 'command') return
    const command = commandOf(evaluator)
    if ((await client.searches.isCommandAllowed(command)).allowed) return
    if (!(await host.confirmCommand(command))) throw new AppError('cancelled', t('definition.notAllowed'))
    await client.searches.allowCommand(command)
  }
  return { askAboutCommand }
}
