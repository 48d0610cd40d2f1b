// Implements the ablation service; how cells are searched is engine/ablations'.
import { randomUUID } from 'node:crypto'
import { implement } from '@orpc/server'
import { ablationsContract, type AblationEvent, type PaperEvent } from '@shared/contract/ablations'
import { AppError } from '@shared/errors'
import { evaluatorOf } from '@shared/evaluators/registry'
import { openSpace } from '@shared/spaces'
import { storedLibrary } from '@shared/architecture/library'
import type { RunDefinition } from '@shared/search/run'
import { strategySchema } from '@shared/strategies/registry'
import { chainsIn, judgeIn, learnerIn } from '@node/small-checkpoints'
import { engineEvaluator } from '../evaluators/registry'
import { runAblation, type AblationTools } from '../ablations/run-ablation'
import { runPaper } from '../ablations/run-paper'
import { judgeFolder, withCheckpoint } from '../proposers/own-checkpoints'
import { oneAtATime, streamOfWork } from '../stream-of-work'
import { checkDefinition } from './search-check'
import { newRunOf } from './search-create'
import type { Services } from './services'
import { untilClosing } from './until-closing'

/** Before the first cell is searched. @throws AppError `invalid-input` with the problems of the strategies that have some */
async function refuseProblems(services: Services, definition: RunDefinition, names: readonly string[]): Promise<void> {
  const told: string[] = []
  for (const name of names) {
    const strategy = definition.strategy.name === name ? definition.strategy : strategySchema.safeParse({ name }).data
    if (strategy === undefined) continue // the ablation itself says which names there are
    const { problems } = await checkDefinition(services, { ...definition, strategy })
    told.push(...problems.map((problem) => `${name}: ${problem}`))
  }
  if (told.length > 0)
    throw new AppError('invalid-input', `These strategies cannot be compared:\n  ${told.join('\n  ')}`)
}

function toolsOf(services: Services): AblationTools {
  const { store, orchestrator, views, datasets, closing } = services
  return {
    store,
    orchestrator,
    views,
    closing,
    createRun: async (definition) => {
      const id = randomUUID()
      await orchestrator.create(await newRunOf(services, id, definition))
      return id
    },
    judge: (definition) => judgeIn(judgeFolder(services.proposers, withCheckpoint(services.proposers, definition))),
    learner: () => learnerIn(services.learnerFolder),
    chains: () => chainsIn(services.chainsFolder),
    measuredSpace: (definition) =>
      evaluatorOf(definition).kind === 'table'
        ? openSpace(definition.space, engineEvaluator(definition).images(definition, datasets), storedLibrary([]))
        : null,
  }
}

export function ablationsService(services: Services) {
  const os = implement(ablationsContract)
  const alone = oneAtATime('comparison')
  const tools = toolsOf(services)
  const problemsOf = async (definition: RunDefinition): Promise<readonly string[]> =>
    (await checkDefinition(services, definition)).problems
  return os.router({
    run: os.run.handler(({ input, signal }) =>
      untilClosing(services.closing, signal, (ended) =>
        streamOfWork<AblationEvent>(
          (emit, wanted) =>
            alone(async () => {
              await refuseProblems(services, input.definition, input.strategies)
              await runAblation(tools, input, emit, wanted)
            }, wanted),
          ended,
        ),
      ),
    ),
    paper: os.paper.handler(({ input, signal }) =>
      untilClosing(services.closing, signal, (ended) =>
        streamOfWork<PaperEvent>(
          (emit, wanted) => alone(() => runPaper({ ...tools, problemsOf }, input, emit, wanted), wanted),
          ended,
        ),
      ),
    ),
  })
}
