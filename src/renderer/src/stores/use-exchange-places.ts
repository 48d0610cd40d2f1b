// Asking a person for what comes in from outside, once: for the palette and for the buttons of views.
import { useI18n } from 'vue-i18n'
import { useHost } from '@/api/keys'
import { useExchangeStore } from '@/stores/exchange.store'
import { NETWORK_EXTENSIONS } from '@shared/exchange/imported/extensions'

export function useExchangePlaces() {
  const { t } = useI18n()
  const host = useHost()
  const exchange = useExchangeStore()

  async function importNetwork(): Promise<void> {
    const path = await host.chooseFile({ title: t('network.choose'), extensions: [...NETWORK_EXTENSIONS] })
    if (path !== null) exchange.open({ kind: 'import', path })
  }
  async function proveExport(): Promise<void> {
    const place = await host.chooseFolder({ title: t('network.chooseExport') })
    if (place !== null) exchange.open({ kind: 'prove', place })
  }
  return { importNetwork, proveExport }
}
