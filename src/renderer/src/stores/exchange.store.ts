// What comes in from outside and what is compared where it lies: the file whose network is looked at, the place that is proven.
import { defineStore } from 'pinia'
import { ref } from 'vue'

export const useExchangeStore = defineStore('exchange', () => {
  /** Path of the file; null while none is looked at. */
  const importing = ref<string | null>(null)
  /** Of an export. */
  const proving = ref<string | null>(null)
  return { importing, proving }
})
