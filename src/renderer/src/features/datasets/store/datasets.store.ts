// Data sets of the workspace: the list, and what is being fetched right now, which goes on while the user looks elsewhere.
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { useEngine } from '@/api/keys'
import { toErrorData } from '@/api/errors'
import { useTask } from '@/composables/use-task'
import type { DatasetProgress } from '@shared/contract/datasets'
import type { ErrorData } from '@shared/errors'

export interface Fetching {
  readonly progress: DatasetProgress | null
  readonly error: ErrorData | null
}

export const useDatasetsStore = defineStore('datasets', () => {
  const { client } = useEngine()
  const list = useTask(() => client.datasets.list())
  const fetching = shallowReactive(new Map<string, Fetching>())

  /** Fetches and prepares a data set; never rejects, the entry in `fetching` says how it goes. */
  async function get(name: string): Promise<void> {
    const running = fetching.get(name)
    if (running !== undefined && running.error === null) return
    fetching.set(name, { progress: null, error: null })
    try {
      for await (const progress of await client.datasets.get({ name })) fetching.set(name, { progress, error: null })
      fetching.delete(name)
    } catch (thrown) {
      fetching.set(name, { progress: fetching.get(name)?.progress ?? null, error: toErrorData(thrown) })
    }
    await list.run()
  }

  return { datasets: list.result, isLoading: list.isBusy, error: list.error, load: list.run, fetching, get }
})
