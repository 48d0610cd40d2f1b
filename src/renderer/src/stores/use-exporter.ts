// Exporting as a user meets it: starts one, and says how it went when they are no longer looking.
import { useI18n } from 'vue-i18n'
import { useHost } from '@/api/keys'
import { useExportsStore } from '@/stores/exports.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { DEFAULT_EXPORT_FORMAT, type ExportFormat } from '@shared/exchange/formats'
import { useNoticesStore } from '@/stores/notices.store'

export function useExporter() {
  const { t } = useI18n()
  const host = useHost()
  const store = useExportsStore()
  const navigation = useNavigationStore()
  const notices = useNoticesStore()

  /** Exports a trial into `folder`, null for the workspace's own. */
  async function exportTrial(
    trialId: number,
    folder: string | null = null,
    format: ExportFormat = DEFAULT_EXPORT_FORMAT,
  ): Promise<void> {
    const { result, error } = await store.start(trialId, folder, format)
    if (error !== null) notices.report(`export-${trialId}`, t('trial.exportFailed'), error)
    else notices.resolve(`export-${trialId}`)
    if (result !== null && navigation.trialId !== trialId) {
      notices.tell(t('trial.exported'), {
        label: t('trial.showFiles'),
        run: () => void host.showInFolder(result.folder),
      })
    }
  }
  async function exportInto(trialId: number, format: ExportFormat): Promise<void> {
    const folder = await host.chooseFolder({ title: t('trial.chooseFolder') })
    if (folder !== null) await exportTrial(trialId, folder, format)
  }
  return { exportTrial, exportInto }
}
