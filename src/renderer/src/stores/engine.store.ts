// State of the engine as the window sees it: is it there, what machine does it run on, what is the workspace.
import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { useEngine, useHost } from '@/api/keys'
import { useStream } from '@/api/use-stream'
import type { Status } from '@shared/contract/runtime'
import type { EngineState } from '@shared/contract/window'

export const useEngineStore = defineStore('engine', () => {
  const { client, generation } = useEngine()
  const host = useHost()

  const hostState = ref<EngineState>({ state: 'starting' })
  onScopeDispose(host.onEngineState((state) => (hostState.value = state)))

  const status = shallowRef<Status | null>(null)
  const stream = useStream(
    () => true,
    (_key, signal) => client.runtime.watch(undefined, { signal }),
    (event) => (status.value = event),
  )

  /** True once a port came and the engine answers; false while it starts, restarts or has failed. */
  const isReady = computed(() => generation.value > 0 && hostState.value.state === 'ready')
  const isReadOnly = computed(() => status.value?.workspace.readOnly === true)

  return { state: hostState, status, statusError: stream.error, isReady, isReadOnly }
})
