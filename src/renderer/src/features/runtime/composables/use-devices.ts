// What computes use of the machine, as the Runtime view sees and changes it: settings, and the benchmark with its progress.
import { ref, shallowRef } from 'vue'
import { useEngine } from '@/api/keys'
import { useTask } from '@/api/use-task'
import type { BenchmarkEvent, Devices, Measurement } from '@shared/contract/devices'
import type { DeviceSettings } from '@shared/runtime/device-settings'

export function useDevices() {
  const { client } = useEngine()
  const devices = shallowRef<Devices | null>(null)
  /** Of the benchmark under way; null while there is none. */
  const progress = shallowRef<Extract<BenchmarkEvent, { type: 'progress' }> | null>(null)
  const measured = ref<Measurement[]>([])
  let controller = new AbortController()

  const load = useTask(async () => {
    devices.value = await client.runtime.devices()
  })
  const save = useTask(async (settings: DeviceSettings) => {
    devices.value = await client.runtime.configureDevices(settings)
  })
  const benchmark = useTask(async () => {
    controller = new AbortController()
    const { signal } = controller
    measured.value = []
    try {
      for await (const event of await client.runtime.benchmark(undefined, { signal })) {
        if (event.type === 'progress') progress.value = event
        else if (event.type === 'measured') measured.value.push(event.measurement)
      }
      if (!signal.aborted) await load.run()
    } catch (thrown) {
      // Broken off by the person who looks at it: not an error.
      if (!signal.aborted) throw thrown
    } finally {
      progress.value = null
    }
  })
  return { devices, load, save, benchmark, progress, measured, cancel: () => controller.abort() }
}
