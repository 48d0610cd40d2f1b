// An engine for tests of the window: serves the real contract over real ports in memory, with state that a test sets.
// It computes nothing; every answer is what the test put there.
import { implement } from '@orpc/server'
import { engineContract } from '@shared/contract'
import type { RunUpdate } from '@shared/contract/searches'
import { AppError } from '@shared/errors'
import { commandKey } from '@shared/evaluators/command'
import type { Run } from '@shared/search/run'
import { memoryPorts, type Port } from '@shared/transport/port'
import { refusing } from '@shared/transport/refusing'
import { serveRouter } from '@shared/transport/rpc'
import { emptyState, type FakeState } from './fake-state'
import { sampleNetworkImport } from './samples'

export interface FakeEngine {
  readonly state: FakeState
  /** Paths of all calls so far, in order, with their inputs. */
  readonly calls: { readonly path: string; readonly input: unknown }[]
  /** Tells every open stream the present state. */
  push(): void
  /** A new port served by this engine, as main would announce it. */
  port(): Port
}

export function createFakeEngine(state: FakeState = emptyState()): FakeEngine {
  const calls: { path: string; input: unknown }[] = []
  let wake: (() => void)[] = []
  const called = (path: string, input: unknown): void => {
    calls.push({ path, input })
    const failure = state.failures.get(path)
    if (failure !== undefined) throw failure
  }
  /** Yields `read()` now and after every push, until the caller breaks off. */
  async function* follow<T>(read: () => T, signal: AbortSignal | undefined): AsyncGenerator<T> {
    while (signal?.aborted !== true) {
      yield read()
      await new Promise<void>((resolve) => {
        wake.push(resolve)
        signal?.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }
  const runOf = (id: string): Run => {
    const run = state.runs.find((candidate) => candidate.id === id)
    if (run === undefined) throw new AppError('not-found', `No run “${id}” in this workspace.`)
    return run
  }
  const push = (): void => {
    const resolvers = wake
    wake = []
    for (const resolve of resolvers) resolve()
  }
  const replaceRun = (run: Run): Run => {
    state.runs = state.runs.map((other) => (other.id === run.id ? run : other))
    push()
    return run
  }
  const updateOf = (id: string): RunUpdate => ({
    run: runOf(id),
    activities: state.activities,
    phase: state.phase,
    preparing: state.preparing,
    changedTrials: state.trials.filter((trial) => trial.runId === id),
    journal: state.journal,
  })

  /** What is told of an export; where that is not its end, it waits for a push and tells what is there then. */
  async function* exporting(): AsyncGenerator<FakeState['exportProgress'][number]> {
    for (const progress of state.exportProgress) yield progress
    while (state.exportProgress.length > 0 && state.exportProgress.at(-1)?.stage !== 'done') {
      await new Promise<void>((resolve) => wake.push(resolve))
      const failure = state.failures.get('exports.progress')
      if (failure !== undefined) throw failure
      const last = state.exportProgress.at(-1)
      if (last !== undefined) yield last
    }
  }

  const os = implement(engineContract)
  /** Every procedure of a service, refusing: so that a contract that grows breaks only the tests that use what is new. */
  const refused = refusing(engineContract, (path) => {
    throw new AppError('not-found', `The fake engine has no ${path.join('.')}.`)
  })
  const router = os.router({
    datasets: {
      ...refused.datasets,
      list: os.datasets.list.handler(() => (called('datasets.list', null), state.datasets)),
      get: os.datasets.get.handler(async function* ({ input }) {
        called('datasets.get', input)
        for (const progress of state.datasetProgress) yield progress
      }),
      recognise: os.datasets.recognise.handler(({ input }) => {
        called('datasets.recognise', input)
        if (state.recognised !== null) return state.recognised
        throw new AppError('invalid-input', `${input.path} holds no files.`, 'Choose another folder.')
      }),
      import: os.datasets.import.handler(async function* ({ input, signal }) {
        called('datasets.import', input)
        for (const progress of state.importProgress) yield progress
        // Without an end it goes on until the caller breaks off.
        if (state.importProgress.at(-1)?.stage !== 'ready') yield* follow(() => state.importProgress.at(-1)!, signal)
      }),
      inspect: os.datasets.inspect.handler(({ input }) => {
        called('datasets.inspect', input)
        const found = state.inspections.find(({ dataset }) => dataset.name === input.name)
        if (found !== undefined) return found
        throw new AppError('not-found', `No inspection of “${input.name}”.`)
      }),
      check: os.datasets.check.handler(({ input }) => (called('datasets.check', input), { ok: true, problems: [] })),
      preview: os.datasets.preview.handler(({ input }) => {
        called('datasets.preview', input)
        const classes = state.datasets.find((dataset) => dataset.name === input.name)?.classes.length ?? 0
        return {
          classCounts: Array.from({ length: classes }, () => 5000),
          samples: Array.from({ length: input.count }, (_, index) => ({
            index,
            label: index % Math.max(1, classes),
            png: state.png,
          })),
        }
      }),
    },
    designs: {
      ...refused.designs,
      list: os.designs.list.handler(() => state.designs),
      loadDraft: os.designs.loadDraft.handler(() => null),
    },
    exports: {
      ...refused.exports,
      create: os.exports.create.handler(({ input }) => (called('exports.create', input), exporting())),
      prove: os.exports.prove.handler(({ input }) => (called('exports.prove', input), exporting())),
      createOfDesign: os.exports.createOfDesign.handler(
        ({ input }) => (called('exports.createOfDesign', input), exporting()),
      ),
      bundle: os.exports.bundle.handler(({ input }) => {
        called('exports.bundle', input)
        return { file: `${input.folder}.zip`, sizeBytes: 4096 }
      }),
      list: os.exports.list.handler(({ input }) =>
        state.exports.filter((made) => input.trialId === null || made.trialId === input.trialId),
      ),
    },
    imports: {
      ...refused.imports,
      preview: os.imports.preview.handler(({ input }) => {
        called('imports.preview', input)
        return state.importPreview
      }),
      create: os.imports.create.handler(({ input }) => {
        called('imports.create', input)
        return sampleNetworkImport({ name: state.importPreview.name, facts: state.importPreview.facts })
      }),
      load: os.imports.load.handler(({ input }) => {
        called('imports.load', input)
        const found = state.imports.find(({ id }) => id === input.id)
        if (found === undefined) throw new AppError('not-found', `No import ${input.id}.`)
        return { import: found, document: state.importPreview.document }
      }),
      remove: os.imports.remove.handler(({ input }) => {
        called('imports.remove', input)
        state.imports = state.imports.filter(({ id }) => id !== input.id)
        return { removed: true }
      }),
      list: os.imports.list.handler(() => (called('imports.list', null), state.imports)),
    },
    proposer: {
      ...refused.proposer,
      info: os.proposer.info.handler(({ input }) => {
        called('proposer.info', input)
        if (input.preset !== 'paper' && state.smallProposers !== null) return state.smallProposers
        if (state.proposer === null)
          throw new AppError(
            'not-found',
            'No checkpoint in the resources folder.',
            'Train one with “gpt-nas proposer train”.',
          )
        return state.proposer
      }),
      suggest: os.proposer.suggest.handler(({ input }) => (called('proposer.suggest', input), state.suggestions)),
      report: os.proposer.report.handler(() => {
        if (state.proposer === null) throw new AppError('not-found', 'No checkpoint in that folder.')
        return state.proposer
      }),
      checkpoints: os.proposer.checkpoints.handler(() => state.proposers),
      use: os.proposer.use.handler(({ input }) => {
        called('proposer.use', input)
        state.proposers = state.proposers.map((each) => ({ ...each, isInUse: each.name === input.name }))
        return input
      }),
      fineTune: os.proposer.fineTune.handler(async function* ({ input }) {
        called('proposer.fineTune', input)
        yield* state.fineTuning
      }),
      corpus: os.proposer.corpus.handler(async function* ({ input }) {
        called('proposer.corpus', input)
        yield* state.corpus
        await Promise.resolve()
      }),
      sample: os.proposer.sample.handler(() => []),
      train: os.proposer.train.handler(() => {
        throw new AppError('runtime-missing', 'The fake engine has no compute to train on.')
      }),
    },
    runtime: {
      ...refused.runtime,
      doctor: os.runtime.doctor.handler(() => (called('runtime.doctor', null), state.report)),
      status: os.runtime.status.handler(() => state.status),
      watch: os.runtime.watch.handler(({ signal }) => follow(() => state.status, signal)),
      backups: os.runtime.backups.handler(() => (called('runtime.backups', null), state.backups)),
      restore: os.runtime.restore.handler(({ input }) => {
        called('runtime.restore', input)
        return { replaced: '/home/ada/backups/replaced-1.sqlite' }
      }),
      workspace: os.runtime.workspace.handler(() => state.status.workspace),
      devices: os.runtime.devices.handler(() => (called('runtime.devices', null), state.devices)),
      configureDevices: os.runtime.configureDevices.handler(({ input }) => {
        called('runtime.configureDevices', input)
        return (state.devices = { ...state.devices, settings: input, source: 'settings' })
      }),
      benchmark: os.runtime.benchmark.handler(async function* ({ signal }) {
        called('runtime.benchmark', null)
        yield* state.benchmark
        if (state.benchmark.some(({ type }) => type === 'finished')) return
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
        called('runtime.benchmark broken off', null)
      }),
    },
    runtimes: {
      ...refused.runtimes,
      list: os.runtimes.list.handler(() => (called('runtimes.list', null), state.runtimes)),
      install: os.runtimes.install.handler(async function* ({ input }) {
        called('runtimes.install', input)
        yield* state.installing
        if (state.installing.some(({ type }) => type === 'finished')) return
        await new Promise<void>((resolve) => wake.push(resolve))
        throw new AppError('cancelled', 'The installation was cancelled.')
      }),
      cancel: os.runtimes.cancel.handler(() => {
        called('runtimes.cancel', null)
        push()
        return state.runtimes
      }),
      choose: os.runtimes.choose.handler(({ input }) => {
        called('runtimes.choose', input)
        const runtimes = state.runtimes.runtimes.map((each) => ({ ...each, isChosen: each.id === input.id }))
        return (state.runtimes = { ...state.runtimes, runtimes, loads: input.id, chosenBy: 'user' })
      }),
      pack: os.runtimes.pack.handler(async function* ({ input }) {
        called('runtimes.pack', input)
        yield* state.packing
        if (state.packing.some(({ type }) => type === 'finished')) return
        await new Promise<void>((resolve) => wake.push(resolve))
      }),
      remove: os.runtimes.remove.handler(({ input }) => (called('runtimes.remove', input), state.runtimes)),
      check: os.runtimes.check.handler(async function* ({ input }) {
        called('runtimes.check', input)
        yield* state.runtimeCheck
        await Promise.resolve()
      }),
    },
    ablations: {
      run: os.ablations.run.handler(async function* ({ input }) {
        called('ablations.run', input)
        yield* state.ablation
        await Promise.resolve()
      }),
      paper: os.ablations.paper.handler(async function* ({ input }) {
        called('ablations.paper', input)
        yield* state.paper
        await Promise.resolve()
      }),
    },
    searches: {
      ...refused.searches,
      list: os.searches.list.handler(() => state.runs),
      get: os.searches.get.handler(({ input }) => runOf(input.id)),
      create: os.searches.create.handler(({ input }) => {
        called('searches.create', input)
        const number = state.runs.length + 1
        const base = state.runs[0]
        if (base === undefined)
          throw new AppError('internal', 'Put a run into the fake first: new runs are copies of it.')
        const run: Run = { ...base, id: `run-${number}`, number, definition: input.definition, state: 'running' }
        state.runs = [...state.runs, run]
        push()
        return run
      }),
      forecast: os.searches.forecast.handler(async function* ({ input }) {
        called('searches.forecast', input)
        const { calibrated } = state.forecast
        yield { done: calibrated, of: calibrated, result: null }
        yield { done: calibrated, of: calibrated, result: state.forecast }
      }),
      check: os.searches.check.handler(({ input }) => (called('searches.check', input), state.check)),
      verify: os.searches.verify.handler(({ input }) => (called('searches.verify', input), state.verification)),
      change: os.searches.change.handler(({ input }) => (called('searches.change', input), runOf(input.id))),
      readInjection: os.searches.readInjection.handler(({ input }) => {
        called('searches.readInjection', input)
        return state.injection
      }),
      inject: os.searches.inject.handler(({ input }) => (called('searches.inject', input), { trialNumber: 13 })),
      order: os.searches.order.handler(({ input }) => (called('searches.order', input), { ordered: true })),
      finish: os.searches.finish.handler(({ input }) => (called('searches.finish', input), runOf(input.id))),
      trainPeer: os.searches.trainPeer.handler(({ input }) => (called('searches.trainPeer', input), runOf(input.id))),
      readSpace: os.searches.readSpace.handler(({ input }) => {
        called('searches.readSpace', input)
        if (state.ownSpace === null) throw new AppError('invalid-input', `${input.path} is not JSON.`)
        return state.ownSpace
      }),
      isCommandAllowed: os.searches.isCommandAllowed.handler(({ input }) => ({
        allowed: state.allowedCommands.includes(commandKey(input)),
      })),
      allowCommand: os.searches.allowCommand.handler(({ input }) => {
        called('searches.allowCommand', input)
        state.allowedCommands.push(commandKey(input))
        return { allowed: true }
      }),
      resume: os.searches.resume.handler(
        ({ input }) => (called('searches.resume', input), replaceRun({ ...runOf(input.id), state: 'running' })),
      ),
      pause: os.searches.pause.handler(
        ({ input }) => (called('searches.pause', input), replaceRun({ ...runOf(input.id), state: 'paused' })),
      ),
      stop: os.searches.stop.handler(
        ({ input }) => (called('searches.stop', input), replaceRun({ ...runOf(input.id), state: 'stopped' })),
      ),
      rename: os.searches.rename.handler(({ input }) => {
        called('searches.rename', input)
        const run = runOf(input.id)
        return replaceRun({ ...run, definition: { ...run.definition, name: input.name } })
      }),
      remove: os.searches.remove.handler(({ input }) => {
        called('searches.remove', input)
        state.runs = state.runs.filter((run) => run.id !== input.id)
        push()
        return { removed: true }
      }),
      watch: os.searches.watch.handler(({ input, signal }) => follow(() => updateOf(input.id), signal)),
      watchAll: os.searches.watchAll.handler(({ signal }) => follow(() => state.runs, signal)),
      winner: os.searches.winner.handler(() => state.winner),
      former: os.searches.former.handler(() => ({ present: 0, fits: [] })),
      generations: os.searches.generations.handler(() => []),
    },
    trials: {
      ...refused.trials,
      list: os.trials.list.handler(() => ({ trials: state.trials, total: state.trials.length })),
      get: os.trials.get.handler(({ input }) => {
        const trial = state.trials.find((candidate) => candidate.id === input.id)
        if (trial === undefined) throw new AppError('not-found', `No trial ${input.id}.`)
        return { ...trial, document: null }
      }),
      end: os.trials.end.handler(({ input }) => (called('trials.end', input), { ended: true })),
      epochs: os.trials.epochs.handler(
        ({ input }) => state.trials.find((trial) => trial.id === input.id)?.epochs ?? [],
      ),
    },
  })

  return {
    state,
    calls,
    push,
    port() {
      const [ours, theirs] = memoryPorts()
      serveRouter(router, ours)
      return theirs
    },
  }
}
