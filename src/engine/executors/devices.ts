// The devices of this machine as the engine uses them: settings, benchmark and machine put together into slots, the environment
// of each slot's compute, and what people are shown of it. The plan itself is device-plan.ts, measuring is benchmark/.
import { createHash } from 'node:crypto'
import type { PreparedArchitecture } from '@shared/architecture/prepared'
import type { BenchmarkResult, Devices as DevicesView, MachineKey } from '@shared/contract/devices'
import { AppError, errorData } from '@shared/errors'
import {
  environmentDeviceSettings,
  NO_DEVICE_SETTINGS,
  parseDeviceSettings,
  withFallback,
  type DeviceSettings,
} from '@shared/runtime/device-settings'
import { delay } from '@node/waiting'
import { createGpuMeter, type GpuMeter } from '../machine/gpu-meter'
import { nvidiaSmi, type NvidiaSmi } from '../machine/nvidia-smi'
import { createCardProof, type CardProofOptions } from './card-proof'
import { checkedEnvironment, ON_PROCESSOR, type CheckedEnvironment } from './checked-environment'
import { deviceEnvironment, planDevices, type DevicePlan, type PlannedSlot } from './device-plan'
import { createDeviceStore, type DeviceStore } from './device-store'
import { watchGpuShares, type WatchedSlot } from './gpu-share'
import { presentGpus, readMachine, type MachineFacts, type MachineSources } from './machine-facts'
import type { ShapedPool } from './pool'
import type { ProcessStarter } from './process-starter'
import { threadUseFor, type ComputeThreads, type ThreadsWanted } from './threads'

export interface DevicesOptions {
  readonly start: ProcessStarter
  readonly cacheFolder: string
  readonly report: (thrown: unknown) => void
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Replaced in tests. */
  readonly smi?: NvidiaSmi
  readonly limits?: MachineSources['limits']
  /** Names the build of TensorFlow that processes load at this moment. */
  readonly build?: () => Promise<string>
  /** Tries a card before computes use it. */
  readonly proveCard?: CardProofOptions['proveCard']
  /** Until a card has its answer; shorter in tests. */
  readonly patienceMs?: CardProofOptions['patienceMs']
}

export interface Devices {
  readonly machine: MachineFacts
  readonly gpus: GpuMeter
  readonly smi: NvidiaSmi
  readonly store: DeviceStore
  /** What shows the first card to a process; null where there is none. */
  cardEnvironment(): Readonly<Record<string, string>> | null
  plan(): DevicePlan
  /**
   * Environment of a compute in a slot of the plan, or of any other slot on this machine.
   * @param threads instead of the slot's own
   */
  environment(slot: PlannedSlot, threads?: ThreadsWanted): Promise<CheckedEnvironment>
  /** Whether the card of a slot is gone, and what became of the slot; see LocalComputes. Changes the plan where no card is left. */
  cardLost(slot: number): Promise<'closed' | 'replaced' | null>
  /** Threads for a training that has the machine to itself: all cores, unless a card trains or the user has set the threads. */
  threadsAlone(architecture: Pick<PreparedArchitecture, 'cost'>, batchSize: number): ThreadsWanted
  view(): DevicesView
  /** Holds the pool's computes to their memory and gives it new slots when the plan changes. Call once. */
  watchOver(pool: ShapedPool): void
  /** @throws AppError `invalid-input`, `conflict` while a compute works, `storage-failed`; then nothing has changed */
  configure(settings: DeviceSettings): Promise<void>
  /** Looks at the machine anew, since another build of TensorFlow is loaded from now on. @throws AppError `conflict` while a compute works */
  reread(): Promise<void>
  /** Makes a benchmark's choice the default; from within the pool's `exclusively`. @throws AppError `storage-failed` */
  keepBenchmark(result: BenchmarkResult): Promise<void>
  close(): void
}

/** Part of the cores that others may keep busy. On a wholly busy machine the ranking turned round here (decision 070); the bound is ours. */
const QUIET_MACHINE = 0.1

/** Names a card in files: an id may hold slashes. */
const cardName = (id: string): string => `gpu-${createHash('sha256').update(id).digest('hex').slice(0, 12)}`

/** How often it is looked whether the pool has nothing to do: jobs take seconds to hours. */
const IDLE_EVERY_MS = 15_000

/** Why a benchmark does not count: the machine has changed since, or was busy with others meanwhile; null where it counts. */
function staleBecause({ machine: then, othersBusy }: BenchmarkResult, now: MachineKey): string | null {
  if (othersBusy > QUIET_MACHINE)
    return `Other programs kept ${Math.round(100 * othersBusy)} % of the cores busy meanwhile; measure when they are quiet.`
  if (then.tensorflowBuild !== now.tensorflowBuild) return 'TensorFlow has changed since.'
  if (then.processor !== now.processor) return `It was measured on another processor: ${then.processor}.`
  if (then.cores !== now.cores) return `It was measured with ${then.cores} cores; ${now.cores} can be used now.`
  if (then.gpus.join() !== now.gpus.join()) return 'The graphics cards have changed since.'
  return null
}

/** The measured choice as settings: none where the user decided a part of the pair, because the other was measured with it. */
function measuredSettings(
  benchmark: BenchmarkResult | null,
  machine: MachineFacts,
  explicit: DeviceSettings,
): DeviceSettings {
  if (benchmark === null || staleBecause(benchmark, machine.key) !== null) return NO_DEVICE_SETTINGS
  const { cpuSlots, threadsPerSlot, slotsPerGpu } = benchmark.chosen
  if (machine.gpus.length > 0) return { ...NO_DEVICE_SETTINGS, slotsPerGpu }
  const isOpen = explicit.cpuSlots === null && explicit.threadsPerSlot === null
  return isOpen ? { ...NO_DEVICE_SETTINGS, cpuSlots, threadsPerSlot } : NO_DEVICE_SETTINGS
}

/** @throws AppError `invalid-input` for variables of the environment that cannot be followed */
export async function createDevices(options: DevicesOptions): Promise<Devices> {
  const { start, cacheFolder, report, env = process.env, smi = nvidiaSmi() } = options
  const store = createDeviceStore(cacheFolder, report)
  const fromEnvironment = environmentDeviceSettings(env)
  const closing = new AbortController()
  let isLateAlready = false
  let takeUpLate = (): void => void (isLateAlready = true)
  const usesCards = createCardProof({
    ...{ start, store, report, signal: closing.signal },
    ...{ proveCard: options.proveCard, patienceMs: options.patienceMs },
    onLate: () => takeUpLate(),
  })
  const read = (): Promise<MachineFacts> =>
    readMachine({
      ...{ smi, env, usesCards },
      ...{ limits: options.limits, build: options.build },
    })
  let machine = await read()
  planDevices(machine, fromEnvironment)
  let benchmark = await store.benchmark()
  let settings = await store.settings()
  const notes: string[] = []

  const planWith = (stored: DeviceSettings, measured: BenchmarkResult | null): DevicePlan => {
    const explicit = withFallback(fromEnvironment, stored)
    return planDevices(machine, withFallback(explicit, measuredSettings(measured, machine, explicit)))
  }
  const planAnyhow = (): DevicePlan => {
    try {
      return planWith(settings, benchmark)
    } catch (thrown) {
      // Stored on this machine when it had other devices: starting matters more.
      notes.push(`The stored settings do not fit this machine and are ignored: ${errorData(thrown).message}`)
      settings = NO_DEVICE_SETTINGS
      return planWith(settings, benchmark)
    }
  }
  let plan = planAnyhow()

  const checks = new Map<string, Promise<CheckedEnvironment>>()
  let pool: ShapedPool | undefined
  let stopWatching: () => void = () => undefined
  const gpus = createGpuMeter(smi)
  const watched = (): WatchedSlot[] =>
    (pool?.statuses() ?? []).flatMap(({ slot, pid }) => {
      const planned = plan.slots[slot]
      const card = planned?.gpu
      // A compute that has a card to itself may fill it.
      const isShared = plan.slots.filter((other) => other.gpu === card).length > 1
      if (!planned || !card || pid === null || planned.gpuMemoryBytes === null || !isShared) return []
      return [{ slot, pid, card: card.name, limit: planned.gpuMemoryBytes }]
    })
  const reread = async (): Promise<void> => {
    const change = async (): Promise<void> => {
      const before = { machine, settings, plan }
      try {
        machine = await read()
        notes.length = 0
        await adopt(planAnyhow(), () => Promise.resolve())
        checks.clear()
      } catch (thrown) {
        // Machine, plan and computes belong together.
        ;({ machine, settings, plan } = before)
        throw thrown
      }
    }
    await (pool ? pool.exclusively(change) : change())
  }
  /** A card that was tried in the background is taken up between two jobs. */
  const rereadWhenIdle = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        return await reread()
      } catch (thrown) {
        if (!(thrown instanceof AppError && thrown.code === 'conflict')) return report(thrown)
      }
      await delay(IDLE_EVERY_MS, closing.signal)
    }
  }
  const adopt = async (next: DevicePlan, keep: () => Promise<void>): Promise<void> => {
    await keep()
    plan = next
    await pool?.reshape(next.slots.length)
  }

  takeUpLate = () => void rereadWhenIdle()
  if (isLateAlready) takeUpLate()

  return {
    get machine() {
      return machine
    },
    gpus,
    smi,
    store,
    cardEnvironment: () => {
      const [gpu] = machine.found
      return gpu === undefined ? null : deviceEnvironment({ threads: 1, gpu, gpuMemoryBytes: null })
    },
    plan: () => plan,
    environment: async (slot, wanted = 'of-slot') => {
      const device = slot.gpu === null ? ON_PROCESSOR : { name: cardName(slot.gpu.id), env: deviceEnvironment(slot) }
      // What a card was proven to do holds for its driver and itself, not for the next card.
      const runtime = slot.gpu === null ? machine.key.tensorflowBuild : machine.fingerprint
      const { threads, use }: ComputeThreads =
        wanted === 'of-slot' ? { threads: slot.threads, use: 'within-ops' } : wanted
      const key = `${device.name} ${threads} ${use}`
      const asked = checks.get(key) ?? checkedEnvironment({ start, cacheFolder, runtime, threads, use, device })
      checks.set(key, asked)
      const checked = await asked
      return { ...checked, env: { ...checked.env, ...device.env } }
    },
    cardLost: async (slot) => {
      const gpu = plan.slots[slot]?.gpu ?? null
      if (gpu === null) return null
      const there = await presentGpus(smi)
      // A driver that is slow has lost nothing.
      if (there === null) return null
      const isThere = (id: string): boolean => there.has(id)
      if (isThere(gpu.id)) return null
      notes.push(`${gpu.name} does not answer any more; what trained on it is tried again elsewhere.`)
      if (plan.slots.some((other) => other.gpu !== null && isThere(other.gpu.id))) return 'closed'
      const slots = plan.slots.map((other) =>
        other.gpu === null ? other : { ...other, gpu: null, gpuMemoryBytes: null },
      )
      plan = { ...plan, slots }
      return 'replaced'
    },
    threadsAlone: ({ cost }, batchSize) => {
      const isSet = withFallback(fromEnvironment, settings).threadsPerSlot !== null
      if (isSet || plan.slots.some(({ gpu }) => gpu !== null)) return 'of-slot'
      return { threads: machine.cores, use: threadUseFor(cost, batchSize) }
    },
    view: () => viewOf(machine, settings, fromEnvironment, plan, notes, benchmark),
    watchOver: (watchedPool) => {
      pool = watchedPool
      const processes = (): Promise<readonly { pid: number; uuid: string; usedBytes: number }[]> => smi.processes()
      stopWatching = watchGpuShares(watched, processes, (slot, error) => watchedPool.fail(slot, error))
    },
    configure: async (given) => {
      const next = parseDeviceSettings(given)
      const change = (): Promise<void> => adopt(planWith(next, benchmark), () => store.keepSettings(next))
      await (pool ? pool.exclusively(change) : change())
      settings = next
      notes.length = 0
    },
    reread,
    keepBenchmark: async (result) => {
      await adopt(planWith(settings, result), () => store.keepBenchmark(result))
      benchmark = result
    },
    close: () => {
      closing.abort()
      stopWatching()
    },
  }
}

function viewOf(
  machine: MachineFacts,
  settings: DeviceSettings,
  environment: DeviceSettings,
  { slots, notes }: DevicePlan,
  moreNotes: readonly string[],
  benchmark: BenchmarkResult | null,
): DevicesView {
  const { processor, cores, coresLimitedBy, memoryBytes, gpus } = machine
  const explicit = withFallback(environment, settings)
  const isSet = explicit.cpuSlots !== null || explicit.threadsPerSlot !== null || explicit.slotsPerGpu !== null
  const measured = measuredSettings(benchmark, machine, explicit)
  const isMeasured = measured.cpuSlots !== null || measured.slotsPerGpu !== null
  return {
    ...{ processor, cores, coresLimitedBy, memoryBytes, settings, environment },
    gpus: [...gpus],
    slots: slots.map(({ gpu, threads, gpuMemoryBytes }) => ({
      device: gpu?.name ?? processor,
      threads,
      gpuMemoryBytes,
    })),
    source: isSet ? 'settings' : isMeasured ? 'benchmark' : 'rule',
    notes: [...moreNotes, ...notes],
    benchmark,
    staleBecause: benchmark === null ? null : staleBecause(benchmark, machine.key),
  }
}
