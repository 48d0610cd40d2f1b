// Runtimes as several views see them: the list, an installation with its progress, which goes on while the user looks elsewhere, the
// self-check and packing for another machine.
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
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
  const check = shallowRef<{ readonly id: BuildId; readonly found: RuntimeCheck } | null>(null)
  const checkStep = shallowRef<string | null>(null)
  const packing = shallowRef<{ readonly id: BuildId; readonly fraction: number } | null>(null)
  const packed = shallowRef<{ readonly file: string; readonly sizeBytes: number } | null>(null)

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
  const tryOut = useTask(async (id: BuildId | null = null) => {
    check.value = null
    try {
      for await (const event of await client.runtimes.check({ id })) {
        if (event.type === 'step') checkStep.value = event.step.found
        else check.value = { id: event.id, found: event.check }
      }
    } finally {
      checkStep.value = null
    }
  })
  const pack = useTask(async (id: BuildId, file: string) => {
    packed.value = null
    try {
      for await (const event of await client.runtimes.pack({ id, file })) {
        if (event.type === 'finished') packed.value = { file: event.file, sizeBytes: event.sizeBytes }
        else packing.value = { id, fraction: event.totalBytes === 0 ? 1 : event.doneBytes / event.totalBytes }
      }
    } finally {
      packing.value = null
    }
  })
  /** Something is being done to a build that no other change may meet. */
  const isBusy = computed(
    () =>
      (installing.value !== null && installing.value.error === null) ||
      [choose, remove, tryOut, pack].some((task) => task.isBusy.value),
  )

  return {
    ...{ runtimes, load, installing, install, cancel, choose, remove, isBusy },
    ...{ tryOut, check, checkStep, pack, packing, packed },
  }
})
