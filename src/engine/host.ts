// Makes an engine: opens the workspace, wires services, recovers what an end of the program left. The app's utility process
// and the command line both get theirs here; nothing else knows how the parts fit together.
import { implement } from '@orpc/server'
import { engineContract, type EngineContract } from '@shared/contract'
import { AppError } from '@shared/errors'
import { PAPER_PROPOSERS, type PaperProposer } from '@shared/strategies/paper-proposers'
import { memoryPorts } from '@shared/transport/port'
import { createClient, serveRouter, type Client } from '@shared/transport/rpc'
import { checkRuntime } from './benchmark/runtime-check'
import { createDatasets, type Datasets } from './datasets/datasets'
import { createAllowedCommands } from './evaluators/command/allowed-commands'
import { engineEvaluator } from './evaluators/registry'
import { createDevices, type Devices } from './executors/devices'
import { LocalComputes } from './executors/local-computes'
import type { ShapedPool, StartProof } from './executors/pool'
import type { ProcessStarter } from './executors/process-starter'
import { proofStarter } from './executors/proof-process'
import { tensorflowBuild } from './machine/tensorflow-build'
import type { TrainingCard } from './machine/training-meter'
import { threadTuner, type Tuner } from './fine-tuning/tuner'
import { createOwnCheckpoints } from './proposers/own-checkpoints'
import { createHousekeeping } from './runs/housekeeping'
import { createWeightsCheck } from './exports/weights-check'
import { Orchestrator } from './runs/orchestrator'
import { createPreparation } from './runs/preparation'
import { followHolder } from './runs/follow-holder'
import { createUpdates } from './runs/updates'
import { createRunViews } from './runs/watch'
import { bindingEnvironment } from './runtimes/active'
import { createRuntimes, type Runtimes } from './runtimes/runtimes'
import { ablationsService } from './services/ablations'
import type { Restoring } from './services/backups'
import { datasetsService } from './services/datasets'
import { designsService } from './services/designs'
import { exportsService } from './services/exports'
import { importsService } from './services/imports'
import { proposerService } from './services/proposer'
import { runtimeService } from './services/runtime'
import { takeUpAtStart, type AtStart } from './services/runtime-at-start'
import { runtimesService } from './services/runtimes'
import { searchesService, trialsService } from './services/searches'
import type { Services } from './services/services'
import { serveSteering } from './services/steer-from-elsewhere'
import { createArtefacts } from './storage/artefacts'
import { makeFolder } from '@node/folders'
import { shippedChains, shippedInContext, shippedPaper, shippedWorkbench } from '@node/small-checkpoints'
import { behindText } from './storage/custody'
import { openStoreWhenFree } from './storage/open-when-free'
import { storageError } from './storage/storage-error'

export interface EngineOptions {
  readonly workspaceFolder: string
  /** Prepared data sets and downloads, shared by all workspaces of a user. */
  readonly cacheFolder: string
  /** What comes with the product; checkpoints of the proposers are in its folder `proposer`. */
  readonly resourcesFolder: string
  readonly appVersion: string
  /** Of the Electron that the window runs on, as 45.4.1; left out where there is none. */
  readonly electron?: string | undefined
  /** Resumes runs that an engine crash interrupted; otherwise they wait for the user. */
  readonly autoResume: boolean
  readonly startProcess: ProcessStarter
  /** Receives bugs and what could not be stored. */
  readonly report?: (thrown: unknown) => void
  /** Starts the engine again once it has answered: it has closed to put a copy of the database back. */
  readonly restart?: () => void
  /** Installed and taken up in the background. */
  readonly runtimeAtStart?: AtStart | undefined
  /** Instead of processes on this machine; injected by tests. */
  readonly computes?: ShapedPool
  readonly startProof?: StartProof
  readonly datasets?: Datasets
  readonly tuner?: Tuner
}

export interface Engine {
  /** Implements the contract; serve it with shared/transport. */
  readonly router: ReturnType<typeof createRouter>
  /** Of the workspace. */
  readonly folders: Readonly<Record<'root' | 'exports', string>>
  /** Stores what runs, ends computes, releases the workspace. */
  close(): Promise<void>
}

function createRouter(services: Services) {
  return implement(engineContract).router({
    ablations: ablationsService(services),
    datasets: datasetsService(services),
    designs: designsService(services),
    exports: exportsService(services),
    imports: importsService(services),
    proposer: proposerService(services),
    runtime: runtimeService(services),
    runtimes: runtimesService(services),
    searches: searchesService(services),
    trials: trialsService(services),
  })
}

function localComputes(devices: Devices, start: ProcessStarter): ShapedPool {
  return new LocalComputes({
    slots: devices.plan().slots.length,
    start,
    environment: (slot, threads) => devices.environment(devices.plan().slots[slot]!, threads),
    cardLost: (slot) => devices.cardLost(slot),
  })
}

/** Every process loads the runtime that is chosen when it starts, unless its environment names another binding. */
function withRuntime(start: ProcessStarter, runtimes: Runtimes): ProcessStarter {
  return async (kind, env) => {
    const { binding } = await runtimes.active()
    return start(kind, { ...(binding !== null && bindingEnvironment(binding)), ...env })
  }
}

/** The engine as its own client: what another program asks for is checked by the contract like everything else. */
function ownClient(router: ReturnType<typeof createRouter>): Client<EngineContract> {
  const [server, port] = memoryPorts()
  serveRouter(router, server)
  return createClient<EngineContract>(port)
}

/** @throws AppError `storage-failed` when the workspace or the cache cannot be used. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { report = () => undefined, cacheFolder } = options
  const closing = new AbortController()
  try {
    makeFolder(cacheFolder)
  } catch (thrown) {
    throw storageError(`make the cache folder ${cacheFolder}`, cacheFolder, thrown)
  }
  // Before the workspace is held: a variable of the environment that makes no sense is refused here.
  const runtimes = createRuntimes({ cacheFolder })
  const start = withRuntime(options.startProcess, runtimes)
  const devices = await createDevices({
    ...{ start, cacheFolder, report },
    build: async () => tensorflowBuild((await runtimes.active()).binding ?? undefined),
    // Before a card is used for the first time, and again when card, driver or build have changed.
    proveCard: async (card, key) => {
      const { id } = await runtimes.active()
      if (runtimes.build(id).cuda === null) return null
      return checkRuntime({ start, key, card, isForCards: true, signal: closing.signal })
    },
  })
  const store = await openStoreWhenFree(options.workspaceFolder)
  const artefacts = createArtefacts(store)
  const updates = createUpdates()
  const datasets =
    options.datasets ??
    createDatasets({
      cacheFolder,
      imports: {
        folder: store.folders.datasets,
        isReadOnly: store.readOnly,
        usersOf: (name) => orchestrator.usersOf(name),
      },
    })
  const pool = options.computes ?? localComputes(devices, start)
  devices.watchOver(pool)
  const proposerFolder = (name: PaperProposer = PAPER_PROPOSERS[0]): string =>
    shippedPaper(options.resourcesFolder, name)
  const judgeFolder = shippedWorkbench(options.resourcesFolder)
  const learnerFolder = shippedInContext(options.resourcesFolder)
  const chainsFolder = shippedChains(options.resourcesFolder)
  const proposers = createOwnCheckpoints(store.folders.root, options.resourcesFolder, report)
  const cardOf = (slot: number): TrainingCard | null => {
    const gpu = devices.plan().slots[slot]?.gpu ?? null
    return gpu === null ? null : { id: gpu.id, gpus: devices.gpus }
  }
  const { threadsAlone } = devices
  const allowedCommands = createAllowedCommands(cacheFolder)
  const prepare = createPreparation({
    ...{ store, artefacts, datasets, pool, allowedCommands },
    ...{ cardOf, threadsAlone, proposerFolder, proposers, learnerFolder, chainsFolder },
  })
  const tidy = createHousekeeping(store, artefacts, report)
  const orchestrator = new Orchestrator({ tidy, store, artefacts, updates, prepare, report })
  const views = createRunViews(store, orchestrator, updates, ({ definition }) =>
    engineEvaluator(definition).parallel(definition, pool),
  )
  const closeAll = async (): Promise<void> => {
    await orchestrator.close()
    closing.abort()
    devices.close()
    await runtimes.close()
    await pool.close()
    await datasets.close()
    await store.close()
  }
  let closed: Promise<void> | undefined
  // An engine that has let go of the workspace for a restore is closed once more by whoever opened it.
  const close = (): Promise<void> => (closed ??= closeAll())
  const restoring: Restoring = {
    root: store.folders.root,
    restart: options.restart,
    release: async () => {
      store.refuseReadOnly()
      const [going] = orchestrator.going()
      if (going === undefined) return close()
      throw new AppError('conflict', `${going} is going on.`, 'Pause it, then put the copy back.')
    },
  }
  const services: Services = {
    restoring,
    store,
    artefacts,
    datasets,
    pool,
    devices,
    runtimes,
    startProcess: start,
    startProof: options.startProof ?? proofStarter(start),
    weightsCheck: createWeightsCheck(pool),
    allowedCommands,
    orchestrator,
    views,
    updates,
    proposerFolder,
    judgeFolder,
    learnerFolder,
    chainsFolder,
    proposers,
    tuner: options.tuner ?? threadTuner(),
    cacheFolder,
    appVersion: options.appVersion,
    electron: options.electron ?? null,
    closing: closing.signal,
  }
  // Whoever lost the workspace must not go on training for it.
  store.onLeaseLost((reason) => {
    report(new Error(`The workspace was lost: ${reason}`))
    orchestrator.close().catch(report)
  })
  if (store.behind !== null) {
    const { found, fix } = behindText(store.behind)
    report(`Workspace: ${found}. ${fix}`)
  }
  if (!store.readOnly) {
    try {
      // The window stays open for days: its copy of the database is made when it opens.
      if (options.autoResume) await tidy()
      const interrupted = await orchestrator.recover()
      if (options.autoResume) for (const id of interrupted) await orchestrator.resume(id)
    } catch (thrown) {
      // Such as a full disk: the workspace is not kept from whoever opens it next.
      await close().catch(report)
      throw thrown
    }
  }
  if (options.runtimeAtStart !== undefined)
    takeUpAtStart(services, options.runtimeAtStart).catch((thrown: unknown) => {
      if (!closing.signal.aborted) report(thrown)
    })
  const router = createRouter(services)
  if (store.readOnly) void followHolder(store, updates, closing.signal, report)
  else
    serveSteering(services, ownClient(router), report).catch((thrown: unknown) => {
      if (!closing.signal.aborted) report(thrown)
    })
  return {
    router,
    folders: store.folders,
    close,
  }
}
