// The machine as the device plan needs it: what this process may use, and the cards that the installed TensorFlow can use.
import os from 'node:os'
import type { MachineKey } from '@shared/contract/devices'
import { errorData } from '@shared/errors'
import { environmentFor, CAUTIOUS_SELF_CHECK } from '@shared/runtime/compute-environment'
import { machineLimits, type MachineLimits } from '../machine/limits'
import type { NvidiaDevice, NvidiaSmi } from '../machine/nvidia-smi'
import { tensorflowBuild } from '../machine/tensorflow-build'
import { deviceEnvironment, visibleGpus, visibleParts, type PlannedGpu, type PlannedMachine } from './device-plan'
import type { CardAnswer, DeviceStore } from './device-store'
import type { ProcessStarter } from './process-starter'
import { askInOwnProcess } from './question'

export interface MachineFacts extends PlannedMachine {
  readonly processor: string
  readonly coresLimitedBy: string | null
  readonly key: MachineKey
  /** Runtime and machine in one line: what was proven or given up holds for it alone. */
  readonly fingerprint: string
  /** Cards that are there, whether TensorFlow uses them or not. */
  readonly found: readonly PlannedGpu[]
  /** Why TensorFlow uses none of them; empty where it does, or there are none. */
  readonly givenUp: string
}

/** Tries the first card with whatever proves it. */
export type ProveCard = (env: Readonly<Record<string, string>>, fingerprint: string) => Promise<CardAnswer>

export interface MachineSources {
  readonly start: ProcessStarter
  readonly store: DeviceStore
  readonly smi: NvidiaSmi
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report: (thrown: unknown) => void
  /** Left out, TensorFlow is only asked whether it uses one. */
  readonly proveCard?: ProveCard | undefined
  /** Replaced in tests. */
  readonly limits?: MachineLimits
  /** Names the build that processes load at this moment. */
  readonly build?: () => Promise<string>
}

const idOf = ({ uuid, index }: NvidiaDevice): string => uuid ?? String(index)

/** Cards as devices of their own: a card in multi-instance mode counts as its parts. */
async function plannedGpus(
  smi: NvidiaSmi,
  env: MachineSources['env'],
): Promise<{ readonly gpus: PlannedGpu[]; readonly driver: string }> {
  const { devices: all, parts } = (await smi.present()) ?? { devices: [], parts: [] }
  if (all.length === 0) return { gpus: [], driver: '' }
  const variable = env['CUDA_VISIBLE_DEVICES']
  const gpus = visibleGpus(all, variable, parts).flatMap((card): PlannedGpu[] => {
    const own = visibleParts(
      parts.filter((part) => part.card === card.index),
      variable,
    )
    if (own.length > 0)
      return own.map(({ uuid, name, memoryBytes }) => ({ id: uuid, name: `${card.name}, ${name}`, memoryBytes }))
    // A card in multi-instance mode without instances can do nothing.
    return card.migMode === 'enabled' ? [] : [{ id: idOf(card), name: card.name, memoryBytes: card.memoryBytes }]
  })
  return { gpus, driver: all[0]?.driver ?? '' }
}

/** Ids of the cards and parts that answer at this moment; null where that is not known. */
export async function presentGpus(smi: NvidiaSmi): Promise<ReadonlySet<string> | null> {
  const present = await smi.present()
  return present && new Set([...present.devices.map(idOf), ...present.parts.map(({ uuid }) => uuid)])
}

/** Asks TensorFlow itself, once for a build and its cards: no file tells whether a build was made for them and finds its CUDA. */
async function canUse(
  gpus: readonly PlannedGpu[],
  fingerprint: string,
  { start, store, report, proveCard }: MachineSources,
): Promise<CardAnswer> {
  const known = await store.usesGpu(fingerprint)
  if (known !== null) return known
  const card = deviceEnvironment({ threads: 1, gpu: gpus[0]!, gpuMemoryBytes: null })
  try {
    const env = { ...environmentFor(CAUTIOUS_SELF_CHECK, 1), ...card }
    const { device } = await askInOwnProcess(start, env, (client) => client.device())
    const usesNone = { usesGpu: false, why: 'TensorFlow sees no card' }
    const isProven = device === 'gpu' && proveCard !== undefined
    const answer = isProven
      ? await proveCard(card, fingerprint)
      : device === 'gpu'
        ? { usesGpu: true, why: '' }
        : usesNone
    await store.keepUsesGpu(fingerprint, answer)
    return answer
  } catch (thrown) {
    // Not remembered: tried again at the next start.
    const why = 'TensorFlow could not be asked whether it uses a graphics card; the processor is used'
    report(new Error(why, { cause: thrown }))
    return { usesGpu: false, why: `${why} (${errorData(thrown).message})` }
  }
}

/** Never throws; takes seconds where there is a card that was not seen before, milliseconds otherwise. */
export async function readMachine(sources: MachineSources): Promise<MachineFacts> {
  const { cores, memoryBytes, coresLimitedBy } = sources.limits ?? machineLimits()
  const build = await (sources.build ?? tensorflowBuild)()
  const processor = os.cpus()[0]?.model.trim() || 'unknown processor'
  const { gpus: found, driver } = await plannedGpus(sources.smi, sources.env)
  const fingerprint = [build, processor, process.arch, driver, ...found.map(({ id }) => id)].join(' | ')
  const { usesGpu, why } = found.length > 0 ? await canUse(found, fingerprint, sources) : { usesGpu: false, why: '' }
  const gpus = usesGpu ? found : []
  const key = { tensorflowBuild: build, processor, cores, gpus: gpus.map(({ id }) => id) }
  return { cores, memoryBytes, coresLimitedBy, gpus, processor, key, fingerprint, found, givenUp: why }
}
