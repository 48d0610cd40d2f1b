// Exports that were asked for before there was anything to export: of runs, once they are finished. Kept in the window's storage, because
// a final training takes hours. Starting them is the frame's (use-exports-to-come.ts).
import { useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'

export const useExportsToComeStore = defineStore('exports-to-come', () => {
  const runIds = useLocalStorage<string[]>('gptnas.exports-to-come', [])
  const forget = (id: string): void => void (runIds.value = runIds.value.filter((other) => other !== id))
  return {
    runIds,
    forget,
    ask(id: string): void {
      forget(id)
      runIds.value = [...runIds.value, id]
    },
  }
})
