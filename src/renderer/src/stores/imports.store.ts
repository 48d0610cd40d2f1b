// Networks of other programs that the workspace keeps: the list, and taking one out. What is done with one is its dialog's.
import { defineStore } from 'pinia'
import { useEngine } from '@/api/keys'
import { useTask } from '@/api/use-task'

export const useImportsStore = defineStore('imports', () => {
  const { client } = useEngine()
  const list = useTask(() => client.imports.list())

  /** @throws AppError `conflict` with what it is in use for, `read-only` */
  async function remove(id: number): Promise<void> {
    await client.imports.remove({ id })
    await list.run()
  }
  return { imports: list.result, error: list.error, load: list.run, remove }
})
