// Exporting a trial as a user meets it: starts it, and says how it went when they are no longer looking.
import { useI18n } from 'vue-i18n'
import { useHost } from '@/api/keys'
import { useExportsStore, type ExportWish } from '@/stores/exports.store'
import { useNavigationStore } from '@/stores/navigation.store'
import { DEFAULT_EXPORT_FORMAT } from '@shared/exchange/formats'
import { useNoticesStore } from '@/stores/notices.store'

export function useExporter() {
  const { t } = useI18n()
  const host = useHost()
  const store = useExportsStore()
  const navigation = useNavigationStore()
  const notices = useNoticesStore()

  /** Exports a trial, into the workspace's own folder unless another is named. */
  async function exportTrial(trialId: number, wish: Partial<ExportWish> = {}): Promise<void> {
    const { result, error } = await store.start({ trialId }, { format: DEFAULT_EXPORT_FORMAT, folder: null, ...wish })
    if (error !== null) notices.report(`export-${trialId}`, t('trial.exportFailed'), error)
    else notices.resolve(`export-${trialId}`)
    if (result !== null && navigation.trialId !== trialId) {
      notices.tell(t('trial.exported'), {
        label: t('trial.showFiles'),
        run: () => void host.showInFolder(result.folder),
      })
    }
  }
  return { exportTrial }
}
