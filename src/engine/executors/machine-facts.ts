// The machine as the device plan needs it: what this process may use, and the cards that the installed TensorFlow can use.
import os from 'node:os'
import type { MachineKey } from '@shared/contract/devices'
import { machineLimits, type MachineLimits } from '../machine/limits'
import type { NvidiaDevice, NvidiaSmi } from '../machine/nvidia-smi'
import { tensorflowBuild } from '../machine/tensorflow-build'
import type { UsesCards } from './card-proof'
import { visibleGpus, visibleParts, type PlannedGpu, type PlannedMachine } from './device-plan'

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

export interface MachineSources {
  readonly smi: NvidiaSmi
  readonly env: Readonly<Record<string, string | undefined>>
  readonly usesCards: UsesCards
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

/** Never throws; takes seconds where there is a card that was not seen before, milliseconds otherwise. */
export async function readMachine(sources: MachineSources): Promise<MachineFacts> {
  const { cores, memoryBytes, coresLimitedBy } = sources.limits ?? machineLimits()
  const build = await (sources.build ?? tensorflowBuild)()
  const processor = os.cpus()[0]?.model.trim() || 'unknown processor'
  const { gpus: found, driver } = await plannedGpus(sources.smi, sources.env)
  const fingerprint = [build, processor, process.arch, driver, ...found.map(({ id }) => id)].join(' | ')
  const { usesGpu, why } = found.length > 0 ? await sources.usesCards(found, fingerprint) : { usesGpu: false, why: '' }
  const gpus = usesGpu ? found : []
  const key = { tensorflowBuild: build, processor, cores, gpus: gpus.map(({ id }) => id) }
  return { cores, memoryBytes, coresLimitedBy, gpus, processor, key, fingerprint, found, givenUp: why }
}
