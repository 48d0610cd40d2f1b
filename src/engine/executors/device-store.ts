// What is remembered of this machine's devices: the user's settings, the latest benchmark, whether TensorFlow can use its cards.
// In the user's cache folder, beside TensorFlow itself: a workspace may travel to another machine, this must not.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { benchmarkResultSchema, type BenchmarkResult } from '@shared/contract/devices'
import { runtimeCheckSchema, type RuntimeCheck } from '@shared/contract/runtime-check'
import { deviceSettingsSchema, NO_DEVICE_SETTINGS, type DeviceSettings } from '@shared/runtime/device-settings'
import { readJson } from '@node/json-file'
import { isMissing } from '@node/read-file'
import { writeFileWhole } from '@node/whole-file'

/** Whether cards work belongs to a build of TensorFlow, a driver and the cards themselves. */
const probeSchema = z.object({ key: z.string(), usesGpu: z.boolean(), why: z.string().default('') })
type Probe = z.output<typeof probeSchema>

/** Whether TensorFlow uses a card here; `why` says why not, and is empty where it does. */
export interface CardAnswer {
  readonly usesGpu: boolean
  readonly why: string
}

export interface DeviceStore {
  /** What the user set; nothing where nothing is stored or it cannot be read as ours. */
  settings(): Promise<DeviceSettings>
  /** @throws AppError `storage-failed` */
  keepSettings(settings: DeviceSettings): Promise<void>
  benchmark(): Promise<BenchmarkResult | null>
  /** @throws AppError `storage-failed` */
  keepBenchmark(result: BenchmarkResult): Promise<void>
  /** What an earlier probe of `key` found, and why there is none to use; null where there was no probe. */
  usesGpu(key: string): Promise<CardAnswer | null>
  /** @throws AppError `storage-failed` */
  keepUsesGpu(key: string, answer: CardAnswer): Promise<void>
  /** The latest self-check of a runtime on this machine; null where there was none, or it was of another machine. */
  check(key: string): Promise<RuntimeCheck | null>
  /** @throws AppError `storage-failed` */
  keepCheck(check: RuntimeCheck): Promise<void>
}

/** One file for each runtime and machine: those that share a home folder do not undo each other's. */
const checkName = (key: string): string => `check-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`

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
      const probe = await read<Probe>('graphics', probeSchema as z.ZodType<Probe>)
      return probe?.key === key ? { usesGpu: probe.usesGpu, why: probe.why } : null
    },
    keepUsesGpu: (key, answer) => keep('graphics', { key, ...answer }),
    check: async (key) => {
      const found = await read<RuntimeCheck>(checkName(key), runtimeCheckSchema)
      return found?.key === key ? found : null
    },
    keepCheck: (check) => keep(checkName(check.key), check),
  }
}
