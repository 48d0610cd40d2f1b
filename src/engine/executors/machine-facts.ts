// The machine as the device plan needs it: what this process may use, and the cards that the installed TensorFlow can use.
import os from 'node:os'
import type { MachineKey } from '@shared/contract/devices'
import { environmentFor, CAUTIOUS_SELF_CHECK } from '@shared/runtime/compute-environment'
import { machineLimits, type MachineLimits } from '../machine/limits'
import type { NvidiaDevice, NvidiaSmi } from '../machine/nvidia-smi'
import { tensorflowBuild } from '../machine/tensorflow-build'
import { deviceEnvironment, visibleGpus, type PlannedGpu, type PlannedMachine } from './device-plan'
import type { DeviceStore } from './device-store'
import type { ProcessStarter } from './process-starter'
import { askInOwnProcess } from './question'

export interface MachineFacts extends PlannedMachine {
  readonly processor: string
  readonly coresLimitedBy: string | null
  readonly key: MachineKey
}

export interface MachineSources {
  readonly start: ProcessStarter
  readonly store: DeviceStore
  readonly smi: NvidiaSmi
  readonly env: Readonly<Record<string, string | undefined>>
  readonly report: (thrown: unknown) => void
  /** Replaced in tests. */
  readonly limits?: MachineLimits
  readonly build?: string
}

const idOf = ({ uuid, index }: NvidiaDevice): string => uuid ?? String(index)

/** Cards as devices of their own: a card in multi-instance mode counts as its parts. */
async function plannedGpus(smi: NvidiaSmi, env: MachineSources['env']): Promise<PlannedGpu[]> {
  const cards = visibleGpus(await smi.devices(), env['CUDA_VISIBLE_DEVICES'])
  if (cards.length === 0) return []
  const parts = await smi.migInstances()
  return cards.flatMap((card): PlannedGpu[] => {
    const own = parts.filter((part) => part.card === card.index)
    if (own.length > 0)
      return own.map(({ uuid, name, memoryBytes }) => ({ id: uuid, name: `${card.name}, ${name}`, memoryBytes }))
    return [{ id: idOf(card), name: card.name, memoryBytes: card.memoryBytes }]
  })
}

/** Asks TensorFlow itself, once for a build and its cards: no file tells whether a build was made for them and finds its CUDA. */
async function canUse(
  gpus: readonly PlannedGpu[],
  build: string,
  { start, store, report }: MachineSources,
): Promise<boolean> {
  const key = [build, ...gpus.map(({ id }) => id)].join(' | ')
  const known = await store.usesGpu(key)
  if (known !== null) return known
  const slot = { threads: 1, gpu: gpus[0]!, gpuMemoryBytes: null }
  const env = { ...environmentFor(CAUTIOUS_SELF_CHECK, 1), ...deviceEnvironment(slot) }
  try {
    const { device } = await askInOwnProcess(start, env, (client) => client.device())
    await store.keepUsesGpu(key, device === 'gpu')
    return device === 'gpu'
  } catch (thrown) {
    // Not remembered: tried again at the next start.
    report(
      new Error('TensorFlow could not be asked whether it uses a graphics card; the processor is used', {
        cause: thrown,
      }),
    )
    return false
  }
}

/** Never throws; takes seconds where there is a card that was not seen before, milliseconds otherwise. */
export async function readMachine(sources: MachineSources): Promise<MachineFacts> {
  const { cores, memoryBytes, coresLimitedBy } = sources.limits ?? machineLimits()
  const build = sources.build ?? (await tensorflowBuild())
  const found = await plannedGpus(sources.smi, sources.env)
  const gpus = found.length > 0 && (await canUse(found, build, sources)) ? found : []
  const processor = os.cpus()[0]?.model.trim() || 'unknown processor'
  const key = { tensorflowBuild: build, processor, cores, gpus: gpus.map(({ id }) => id) }
  return { cores, memoryBytes, coresLimitedBy, gpus, processor, key }
}
