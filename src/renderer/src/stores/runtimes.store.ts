// Runtimes as several views see them: the list, an installation with its progress, which goes on while the user looks elsewhere, and the
// self-check.
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { toErrorData } from '@/api/errors'
import { useEngine } from '@/api/keys'
import { useTask } from '@/api/use-task'
import type { RuntimeCheck } from '@shared/contract/runtime-check'
import type { InstallProgress, Runtimes } from '@shared/contract/runtimes'
import type { ErrorData } from '@shared/errors'
import type { BuildId } from '@shared/runtime/tensorflow-builds'

export interface Installing {
  readonly id: BuildId
  readonly progress: InstallProgress | null
  readonly error: ErrorData | null
}

export const useRuntimesStore = defineStore('runtimes', () => {
  const { client } = useEngine()
  const runtimes = shallowRef<Runtimes | null>(null)
  /** The installation under way, or why the last one ended. */
  const installing = shallowRef<Installing | null>(null)
  const check = shallowRef<RuntimeCheck | null>(null)
  const checkStep = shallowRef<string | null>(null)

  const load = useTask(async () => {
    runtimes.value = await client.runtimes.list()
    // One that another window or the start of the program began is followed here, too.
    const going = runtimes.value.installing
    if (going !== null && (installing.value === null || installing.value.error !== null)) void install(going.id)
  })

  /** Never rejects: `installing` says how it goes. @param from files in place of the network @returns whether it is installed now */
  async function install(id: BuildId, from: readonly string[] = []): Promise<boolean> {
    if (installing.value !== null && installing.value.error === null) return false
    installing.value = { id, progress: null, error: null }
    try {
      for await (const event of await client.runtimes.install({ id, from: [...from] })) {
        if (event.type === 'progress') installing.value = { id, progress: event, error: null }
        else runtimes.value = event.runtimes
      }
      installing.value = null
      return true
    } catch (thrown) {
      const error = toErrorData(thrown)
      installing.value = error.code === 'cancelled' ? null : { id, progress: null, error }
      await load.run()
      return false
    }
  }

  const cancel = useTask(async () => {
    runtimes.value = await client.runtimes.cancel()
  })
  const choose = useTask(async (id: BuildId) => {
    runtimes.value = await client.runtimes.choose({ id })
  })
  const remove = useTask(async (id: BuildId) => {
    runtimes.value = await client.runtimes.remove({ id })
  })
  const tryOut = useTask(async () => {
    check.value = null
    try {
      for await (const event of await client.runtimes.check({})) {
        if (event.type === 'step') checkStep.value = event.step.found
        else check.value = event.check
      }
    } finally {
      checkStep.value = null
    }
  })

  return { runtimes, load, installing, install, cancel, choose, remove, tryOut, check, checkStep }
})
