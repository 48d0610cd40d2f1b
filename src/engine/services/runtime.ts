// Implements the runtime service: the doctor, and the status bar's figures once a second.
import { implement } from '@orpc/server'
import { runtimeContract, type Status, type Workspace } from '@shared/contract/runtime'
import { processorTitle } from '@shared/runtime/device-title'
import { delay } from '@node/waiting'
import { createLoadMeter } from '../machine/load'
import { backupProcedures } from './backups'
import { deviceProcedures } from './devices'
import { sizeOnDisk } from '@node/disk'
import { strayContents } from '../storage/artefact-report'
import { countRuns } from '../storage/runs'
import { examine } from './doctor'
import type { Services } from './services'
import { untilClosing } from './until-closing'

const STATUS_EVERY_MS = 1000
/** Walking the artefacts costs more than it tells; the size changes slowly. */
const SIZE_EVERY_MS = 30_000

export function runtimeService(services: Services) {
  const { store, closing } = services
  const meter = createLoadMeter()
  let size = { bytes: 0, at: -Infinity }

  const workspace = async (): Promise<Workspace> => {
    if (Date.now() - size.at > SIZE_EVERY_MS) {
      size = { bytes: size.bytes, at: Date.now() }
      size = { bytes: await sizeOnDisk(store.folders.root), at: Date.now() }
    }
    return {
      path: store.folders.root,
      readOnly: store.readOnly,
      holder: store.holder,
      sizeBytes: size.bytes,
      runs: await countRuns(store.db),
      strayContents: await strayContents(store),
    }
  }
  const status = async (): Promise<Status> => ({
    workspace: await workspace(),
    ...computesAndCards(services),
    cpu: meter.cpu(),
    memory: meter.memory(),
    temperature: meter.temperature(),
  })

  const os = implement(runtimeContract)
  return os.router({
    doctor: os.doctor.handler(() => examine(services)),
    status: os.status.handler(status),
    watch: os.watch.handler(({ signal }) =>
      untilClosing(closing, signal, async function* (ended) {
        while (!ended.aborted) {
          yield await status()
          await delay(STATUS_EVERY_MS, ended)
        }
      }),
    ),
    workspace: os.workspace.handler(workspace),
    ...backupProcedures(services.restoring),
    ...deviceProcedures(services),
  })
}

/** Cards are only looked at where there are some that TensorFlow uses; a reading is then at most some seconds old. */
function computesAndCards({ pool, devices }: Services): Pick<Status, 'computes' | 'gpus'> {
  // A slot whose compute has not started yet is known by its plan.
  const planned = devices
    .plan()
    .slots.map(({ gpu, threads }) => gpu?.name ?? processorTitle(devices.machine.processor, threads))
  const computes = pool
    .statuses()
    .map((compute) => ({ ...compute, device: compute.device || (planned[compute.slot] ?? '') }))
  if (devices.machine.gpus.length === 0) return { computes, gpus: [] }
  const { devices: cards, processes } = devices.gpus.latest()
  const held = (pid: number | null): number | null => {
    const own = processes.filter((process) => process.pid === pid)
    return own.length === 0 ? null : own.reduce((sum, { usedBytes }) => sum + usedBytes, 0)
  }
  return {
    computes: computes.map((compute) => ({ ...compute, gpuMemoryBytes: held(compute.pid) })),
    gpus: cards.map((card) => {
      const { index, name, utilisation, usedBytes, memoryBytes, temperature } = card
      const { powerWatts, powerLimitWatts, clockMhz } = card
      return {
        ...{ index, name, utilisation, usedBytes, memoryBytes, temperature },
        ...{ powerWatts, powerLimitWatts, clockMhz },
      }
    }),
  }
}
