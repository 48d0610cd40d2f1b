// What is unusual about the program that shows this page: an Electron that set-up took as a stand-in, a package made for testing.
// The same words in the bar over the views, in the status bar and under Settings.
import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { HostFacts } from '@shared/contract/window'
import { BUILT_FOR_ELECTRON, isStandInElectron } from '@shared/runtime/electron-build'

export interface RuntimeNotice {
  /** Another one for another version, so that what was dismissed comes back with it. */
  readonly key: string
  readonly title: string
  readonly reason: string
  readonly fix: string
}

export function useRuntimeNotices(facts: HostFacts): ComputedRef<readonly RuntimeNotice[]> {
  const { t } = useI18n()
  return computed(() => {
    const { electron, chrome, isForTesting } = facts
    const versions = { electron, chrome: chrome.split('.')[0] ?? chrome, wanted: BUILT_FOR_ELECTRON }
    const testing = {
      key: `testing-${electron}`,
      title: t('runtimeNotice.testing'),
      reason: t('runtimeNotice.testingReason'),
      fix: t('runtimeNotice.testingFix'),
    }
    const standIn = {
      key: `stand-in-${electron}`,
      title: t('runtimeNotice.standIn', versions),
      reason: t('runtimeNotice.standInReason', versions),
      fix: t('runtimeNotice.standInFix'),
    }
    return [...(isForTesting ? [testing] : []), ...(isStandInElectron(electron) ? [standIn] : [])]
  })
}
