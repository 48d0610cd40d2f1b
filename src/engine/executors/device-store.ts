// What is remembered of this machine's devices: the user's settings, the latest benchmark, whether TensorFlow can use its cards.
// In the user's cache folder, beside TensorFlow itself: a workspace may travel to another machine, this must not.
import path from 'node:path'
import { z } from 'zod'
import { benchmarkResultSchema, type BenchmarkResult } from '@shared/contract/devices'
import { deviceSettingsSchema, NO_DEVICE_SETTINGS, type DeviceSettings } from '@shared/runtime/device-settings'
import { readJson } from '@node/json-file'
import { isMissing } from '@node/read-file'
import { writeFileWhole } from '@node/whole-file'

/** Whether cards work belongs to a build of TensorFlow, a driver and the cards themselves. */
const probeSchema = z.object({ key: z.string(), usesGpu: z.boolean() })
type Probe = z.infer<typeof probeSchema>

export interface DeviceStore {
  /** What the user set; nothing where nothing is stored or it cannot be read as ours. */
  settings(): Promise<DeviceSettings>
  /** @throws AppError `storage-failed` */
  keepSettings(settings: DeviceSettings): Promise<void>
  benchmark(): Promise<BenchmarkResult | null>
  /** @throws AppError `storage-failed` */
  keepBenchmark(result: BenchmarkResult): Promise<void>
  /** What an earlier probe of `key` found; null where there was none. */
  usesGpu(key: string): Promise<boolean | null>
  /** @throws AppError `storage-failed` */
  keepUsesGpu(key: string, usesGpu: boolean): Promise<void>
}

/** @param report receives what was there and could not be read: it is then treated as not there */
export function createDeviceStore(cacheFolder: string, report: (thrown: unknown) => void): DeviceStore {
  const file = (name: string): string => path.join(cacheFolder, 'devices', `${name}.json`)
  const read = async <T>(name: string, schema: z.ZodType<T>): Promise<T | null> => {
    try {
      return schema.parse(await readJson(file(name)))
    } catch (thrown) {
      if (!isMissing(thrown)) report(new Error(`${file(name)} cannot be read and is ignored`, { cause: thrown }))
      return null
    }
  }
  const keep = (name: string, value: unknown): Promise<void> =>
    writeFileWhole(file(name), `${JSON.stringify(value, null, 2)}\n`)
  return {
    settings: async () =>
      (await read('settings', deviceSettingsSchema as z.ZodType<DeviceSettings>)) ?? NO_DEVICE_SETTINGS,
    keepSettings: (settings) => keep('settings', settings),
    benchmark: () => read<BenchmarkResult>('benchmark', benchmarkResultSchema),
    keepBenchmark: (result) => keep('benchmark', result),
    usesGpu: async (key) => {
      const probe = await read<Probe>('graphics', probeSchema)
      return probe?.key === key ? probe.usesGpu : null
    },
    keepUsesGpu: (key, usesGpu) => keep('graphics', { key, usesGpu }),
  }
}
