// Implements the search and trial services.
import { randomUUID } from 'node:crypto'
import { implement } from '@orpc/server'
import { searchesContract, trialsContract } from '@shared/contract/searches'
import { readUserSpace } from '@node/user-space'
import type { Verification } from '@shared/search/verification'
import { engineEvaluator } from '../evaluators/registry'
import { proposingOf } from '../runs/preparation'
import { changeRun, endTrial, orderQueue } from '../runs/change-run'
import { injectionIn } from '../imports/injection-in-file'
import { injectTrial } from '../runs/inject'
import { listChanges } from '../storage/run-changes'
import { formerFits } from '../runs/former'
import { verifyRun } from '../runs/verify'
import { summariseGenerations } from '../runs/run-view'
import { readEpochs, withEpochs } from '../storage/epochs'
import type { Store } from '../storage/store'
import { getTrial, getTrialDocument, listTrials, type TrialRecord } from '../storage/trials'
import { getRun } from '../storage/runs'
import { checkDefinition } from './search-check'
import { newRunOf } from './search-create'
import { finishRun, trainPeer } from './search-finish'
import { forecastSearch } from './search-forecast'
import { winnerByAll } from './search-winner'
import type { Services } from './services'
import { steered } from './steer-from-elsewhere'
import { untilClosing } from './until-closing'

async function replayRun(services: Services, id: string, signal: AbortSignal): Promise<Verification> {
  const { store, datasets } = services
  const run = await getRun(store.db, id)
  const evaluator = engineEvaluator(run.definition)
  const proposing = proposingOf(services, run, evaluator.images(run.definition, datasets), signal)
  const trials = await listTrials(store.db, id)
  const changes = await listChanges(store.db, id)
  return verifyRun({ run, trials, changes, proposing, repeat: evaluator.repeat?.(proposing.space), signal })
}

async function formerOf(services: Services, id: string, signal: AbortSignal) {
  const { store, datasets } = services
  const run = await getRun(store.db, id, 'tell')
  if (run.former.length === 0 || run.error?.code === 'storage-damaged') return { present: 0, fits: [] }
  const facts = engineEvaluator(run.definition).images(run.definition, datasets)
  const trials = (await listTrials(store.db, id, { onDamage: 'tell' })).filter(({ error }) => error === null)
  const told = await formerFits(proposingOf(services, run, facts, signal), trials)
  return { present: told.present, fits: [...told.fits] }
}

/** A damaged one is among them and tells so. @throws AppError `not-found` where there is no such run */
async function shownTrials({ db }: Store, runId: string): Promise<TrialRecord[]> {
  await getRun(db, runId, 'tell')
  return listTrials(db, runId, { onDamage: 'tell' })
}

export function searchesService(services: Services) {
  const { store, orchestrator, views, closing } = services
  const os = implement(searchesContract)
  return os.router({
    list: os.list.handler(() => views.list()),
    get: os.get.handler(({ input }) => views.run(input.id)),
    create: os.create.handler(async ({ input }) => {
      store.refuseReadOnly()
      const id = randomUUID()
      await orchestrator.create(await newRunOf(services, id, input.definition))
      if (input.start) await orchestrator.resume(id)
      return views.run(id)
    }),
    forecast: os.forecast.handler(({ input, signal }) =>
      untilClosing(closing, signal, (ended) => forecastSearch(services, input.definition, ended)),
    ),
    check: os.check.handler(({ input }) => checkDefinition(services, input.definition)),
    readSpace: os.readSpace.handler(({ input }) => readUserSpace(input.path)),
    isCommandAllowed: os.isCommandAllowed.handler(async ({ input }) => ({
      allowed: await services.allowedCommands.isAllowed(input),
    })),
    allowCommand: os.allowCommand.handler(async ({ input }) => {
      await services.allowedCommands.allow(input)
      return { allowed: true }
    }),
    resume: os.resume.handler(async ({ input }) => {
      await orchestrator.resume(input.id)
      return views.run(input.id)
    }),
    pause: os.pause.handler(({ input }) =>
      steered(services, 'searches.pause', input, async () => {
        await orchestrator.pause(input.id)
        return views.run(input.id)
      }),
    ),
    stop: os.stop.handler(({ input }) =>
      steered(services, 'searches.stop', input, async () => {
        await orchestrator.stop(input.id)
        return views.run(input.id)
      }),
    ),
    change: os.change.handler(({ input }) =>
      steered(services, 'searches.change', input, async () => {
        await changeRun(
          services,
          input.id,
          input.values,
          (run) =>
            proposingOf(
              services,
              run,
              engineEvaluator(run.definition).images(run.definition, services.datasets),
              closing,
            ).space,
        )
        return views.run(input.id)
      }),
    ),
    readInjection: os.readInjection.handler(({ input }) => injectionIn(services, input.path)),
    inject: os.inject.handler(({ input }) =>
      steered(services, 'searches.inject', input, async () => ({
        trialNumber: await injectTrial(services, input.id, input.architecture),
      })),
    ),
    order: os.order.handler(({ input }) =>
      steered(services, 'searches.order', input, async () => {
        await orderQueue(services, input.id, input.first)
        return { ordered: true }
      }),
    ),
    finish: os.finish.handler(async ({ input }) => views.run(await finishRun(services, input))),
    trainPeer: os.trainPeer.handler(async ({ input }) => views.run(await trainPeer(services, input))),
    rename: os.rename.handler(({ input }) =>
      steered(services, 'searches.rename', input, async () => {
        await orchestrator.rename(input.id, input.name)
        return views.run(input.id)
      }),
    ),
    remove: os.remove.handler(async ({ input }) => {
      await orchestrator.remove(input.id)
      return { removed: true }
    }),
    watch: os.watch.handler(({ input, signal }) =>
      untilClosing(closing, signal, (ended) => views.watch(input.id, ended)),
    ),
    watchAll: os.watchAll.handler(({ signal }) => untilClosing(closing, signal, (ended) => views.watchAll(ended))),
    verify: os.verify.handler(({ input, signal }) => replayRun(services, input.id, signal ?? closing)),
    winner: os.winner.handler(({ input, signal }) => winnerByAll(services, input.id, signal ?? closing)),
    former: os.former.handler(({ input, signal }) => formerOf(services, input.id, signal ?? closing)),
    generations: os.generations.handler(async ({ input }) => summariseGenerations(await shownTrials(store, input.id))),
  })
}

export function trialsService(services: Services) {
  const { store } = services
  const os = implement(trialsContract)
  return os.router({
    list: os.list.handler(async ({ input }) => {
      const all = await shownTrials(store, input.id)
      const page = all.slice(input.offset, input.offset + input.limit)
      return { trials: await withEpochs(store.db, page), total: all.length }
    }),
    get: os.get.handler(async ({ input }) => {
      const [trial] = await withEpochs(store.db, [await getTrial(store.db, input.id, 'tell')])
      return { ...trial!, document: await getTrialDocument(store.db, input.id) }
    }),
    end: os.end.handler(({ input }) =>
      steered(services, 'trials.end', input, async () => {
        await endTrial(services, input.id)
        return { ended: true }
      }),
    ),
    epochs: os.epochs.handler(async ({ input: { id } }) => {
      await getTrial(store.db, id, 'tell') // an unknown trial is an error, not one without epochs
      return (await readEpochs(store.db, [id])).get(id) ?? []
    }),
  })
}
