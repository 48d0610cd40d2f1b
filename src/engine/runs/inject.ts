// An architecture of a person's in a run: checked against the space, stored as a trial of the newest generation and evaluated next.
// The strategy sees its result where it sees that generation's; a replay takes it as it is stored (decision 137).
import { parseDocument } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { AppError } from '@shared/errors'
import type { Injection } from '@shared/search/injection'
import { plannedEvaluations } from '@shared/search/planning'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { isConfirmation, searchingPart } from '@shared/search/confirmations'
import { nextGeneration } from '@shared/search/trial'
import { constrainedSpace } from '@shared/spaces/constrained'
import type { Genotype, Space } from '@shared/spaces/space'
import { typed } from '@node/command-line'
import { loadDesign } from '../storage/designs'
import { addJournal } from '../storage/journal'
import { getRun } from '../storage/runs'
import { getTrial, getTrialDocument, insertGeneration, listTrials } from '../storage/trials'
import { listQueue } from '../storage/trial-queue'
import type { ChangeTools } from './change-run'
import type { PreparedRun } from './prepared-run'

const ORIGIN = { operator: 'injected' as const, parents: [], crossover: false, mutation: false, reconstructed: [] }

/**
 * @returns the trial's number
 * @throws AppError `conflict` for a run that is over, has the architecture or no room for it; `invalid-architecture` for one that is not
 *   of its space or breaks what is banned or pinned there; `not-found`, `read-only`, and what preparing the run throws
 */
export async function injectTrial(tools: ChangeTools, runId: string, injection: Injection): Promise<number> {
  const { store, updates, orchestrator } = tools
  store.refuseReadOnly()
  const run = await getRun(store.db, runId)
  if (run.definition.space.kind === 'single')
    throw new AppError('conflict', `Run ${run.number} trains one architecture and takes no other.`)
  const prepared = await orchestrator.prepared(run)
  const genotype = await genotypeOf(tools, prepared, injection)
  for (;;) {
    const number = ((await listTrials(store.db, runId)).at(-1)?.number ?? 0) + 1
    const trial = prepared.describe({ genotype, origin: ORIGIN }, number)
    const isStored = await store.write(async (writer) => {
      const { definition, state, number: runNumber } = await getRun(writer, runId)
      if (RUN_STATE_RULES[state].isOver)
        throw new AppError('conflict', `Run ${runNumber} is ${state}.`, 'Start a new search with its settings.')
      const [reason] = constrainedSpace(prepared.space, definition).problems(genotype)
      if (reason !== undefined) throw notOfSpace(prepared.space, reason)
      const trials = await listTrials(writer, runId)
      // Others came in since: it has another number.
      if ((trials.at(-1)?.number ?? 0) + 1 !== number) return false
      const same = trials.find(({ evaluationKey }) => evaluationKey === trial.evaluationKey)
      if (same !== undefined)
        throw new AppError('conflict', `Run ${runNumber} has this architecture: it is trial ${same.number}.`)
      const planned = plannedEvaluations(searchingPart(definition))
      const evaluated = trials.filter((one) => !isConfirmation(one)).map(({ evaluationKey }) => evaluationKey)
      if (new Set(evaluated).size >= planned)
        throw new AppError(
          'conflict',
          `Run ${runNumber} has proposed all of its ${planned} evaluations.`,
          'Give it one generation more first, and more evaluations where it has that limit.',
          {
            commandLine: `Type "${typed(`search change ${runNumber} --set generations=${definition.generations + 1}`)}".`,
          },
        )
      const places = (await listQueue(writer, runId)).flatMap(({ queuePlace }) => queuePlace ?? [])
      await insertGeneration(
        writer,
        runId,
        Math.max(0, nextGeneration(trials) - 1),
        [trial],
        Math.min(0, ...places) - 1,
      )
      await addJournal(writer, runId, 'info', `Trial ${number} was put in by hand and is evaluated next.`)
      orchestrator.live(runId)?.steering.touch()
      return true
    })
    if (!isStored) continue
    updates.touch(
      runId,
      (await listTrials(store.db, runId)).filter((one) => one.number === number).map(({ id }) => id),
    )
    return number
  }
}

const notOfSpace = ({ name }: Space, reason: string): AppError =>
  new AppError(
    'invalid-architecture',
    `The architecture is not of the space ${name}, or of what is allowed in it: ${reason}.`,
  )

async function genotypeOf(
  { store }: ChangeTools,
  { space, facts }: PreparedRun,
  injection: Injection,
): Promise<Genotype> {
  switch (injection.from) {
    case 'genotype':
      return space.parse(injection.genotype)
    case 'document':
      return ofDocument(space, injection.document)
    case 'design':
      return ofDocument(space, (await loadDesign(store.db, injection.id)).document)
    case 'zoo':
      return ofDocument(space, zooDocument(injection.name, { input: facts.shape, classes: facts.classes }))
    case 'trial': {
      const { genotype, runId } = await getTrial(store.db, injection.id)
      try {
        return space.parse(genotype)
      } catch (thrown) {
        if (!(thrown instanceof AppError)) throw thrown
        const document = await getTrialDocument(store.db, injection.id)
        const { number } = await getRun(store.db, runId)
        if (document === null)
          throw new AppError(thrown.code, `The trial of run ${number} is of another space: ${thrown.message}`)
        return ofDocument(space, document)
      }
    }
  }
}

/** @throws AppError `invalid-architecture` for what the space cannot express */
function ofDocument(space: Space, document: unknown): Genotype {
  if (space.fromDocument === undefined) throw notOfSpace(space, 'it does not read designed networks')
  const result = space.fromDocument(parseDocument(document))
  if ('reason' in result) throw notOfSpace(space, result.reason)
  return result.genotype
}
