// Data sets of the workspace: the list, and what is being fetched or imported right now, which goes on while the user looks
// elsewhere.
import { defineStore } from 'pinia'
import { readonly, shallowReactive, shallowRef } from 'vue'
import { useEngine } from '@/api/keys'
import { appErrorOf, toErrorData } from '@/api/errors'
import { useTask } from '@/api/use-task'
import type { DatasetProgress, ImportRequest } from '@shared/contract/datasets'
import type { ErrorData } from '@shared/errors'

export interface Fetching {
  readonly progress: DatasetProgress | null
  readonly error: ErrorData | null
}

export interface Importing extends Fetching {
  readonly name: string
}

export const useDatasetsStore = defineStore('datasets', () => {
  const { client } = useEngine()
  const list = useTask(() => client.datasets.list())
  const fetching = shallowReactive(new Map<string, Fetching>())
  const importing = shallowRef<Importing | null>(null)
  const gets = new Map<string, Promise<void>>()
  let importAbort: AbortController | null = null

  /**
   * Fetches and prepares a data set; never rejects, the entry in `fetching` says how it goes. One at a time of each.
   * @param from its archive, brought by hand
   */
  function get(name: string, from: string | null = null): Promise<void> {
    const running = gets.get(name)
    if (running !== undefined) return running
    const started = fetchNow(name, from).finally(() => gets.delete(name))
    gets.set(name, started)
    return started
  }
  async function fetchNow(name: string, from: string | null): Promise<void> {
    fetching.set(name, { progress: null, error: null })
    try {
      for await (const progress of await client.datasets.get({ name, from }))
        fetching.set(name, { progress, error: null })
      fetching.delete(name)
    } catch (thrown) {
      fetching.set(name, { progress: fetching.get(name)?.progress ?? null, error: toErrorData(thrown) })
    }
    await list.run()
  }

  /** As `get`, for who cannot go on without it. @throws AppError why it is not there */
  async function need(name: string): Promise<void> {
    await get(name)
    const failed = fetching.get(name)?.error
    if (!failed) return
    fetching.delete(name) // told by who needs it
    throw appErrorOf(failed)
  }

  /** Imports the user's files; never rejects, `importing` says how it goes. One at a time. @returns whether it is there now */
  async function importFiles(request: ImportRequest): Promise<boolean> {
    if (importAbort !== null) return false
    const { name } = request
    const abort = new AbortController()
    importAbort = abort
    importing.value = { name, progress: null, error: null }
    let isReady = false
    try {
      for await (const progress of await client.datasets.import(request, { signal: abort.signal })) {
        importing.value = { name, progress, error: null }
        isReady = progress.stage === 'ready'
      }
      importing.value = null
    } catch (thrown) {
      importing.value = abort.signal.aborted ? null : { name, progress: null, error: toErrorData(thrown) }
    } finally {
      importAbort = null
    }
    await list.run()
    return isReady
  }

  /** Ends the import under way; nothing of it stays. */
  function cancelImport(): void {
    importAbort?.abort()
  }

  /** Forgets why the last import failed. */
  function dismissImport(): void {
    if (importAbort === null) importing.value = null
  }

  return {
    datasets: list.result,
    isLoading: list.isBusy,
    error: list.error,
    load: list.run,
    fetching,
    get,
    need,
    importing: readonly(importing),
    importFiles,
    cancelImport,
    dismissImport,
  }
})
