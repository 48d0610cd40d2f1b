// Evaluator `command` for the registry: each trial is one program of the user's, started again as often as the definition allows.
// What it is told and what it answers is docs/command.md; how it runs and ends is program.ts's.
import { rm } from 'node:fs/promises'
import type { CommandDefinition } from '@shared/evaluators/command'
import { AppError, errorData } from '@shared/errors'
import type { RunDefinition } from '@shared/search/run'
import type { ImageFacts } from '@shared/spaces/published-images'
import { makeFolder } from '@node/folders'
import { writeFileWhole } from '@node/whole-file'
import type { RunRecord } from '../../storage/runs'
import type { TrialRecord } from '../../storage/trials'
import type { Evaluation, EvaluationHooks, Evaluator } from '../evaluator'
import type { EngineEvaluator } from '../kind'
import { refuseForeign } from './allowed-commands'
import { createAnswerReader, refuseNoAnswer, type Answer } from './answer'
import { trialFiles, type TrialFiles } from './files'
import { commandProblems, folderOf } from './find-program'
import { openLog } from './log'
import { MOST_OUTPUT_BYTES, runProgram, type ProgramEnd } from './program'
import { requestOf, type RequestFacts } from './request'

/** What stands for the file with the architecture in an argument. */
const FILE = '{file}'

interface CommandOptions extends RequestFacts {
  readonly run: RunRecord
  readonly command: CommandDefinition
  /** Of the workspace's commands. */
  readonly folder: string
}

function createCommandEvaluator(options: CommandOptions): Evaluator {
  const { run, space, folder, command } = options
  return {
    // Of this run alone: the program may have been changed since.
    conditions: ({ genotype, origin: { confirms } }) => ({
      command: run.id,
      key: space.canonicalKey(genotype),
      // Left out where there is none, so that results of before there were confirmations keep their key.
      ...(confirms !== undefined && { seed: confirms.seed }),
    }),
    evaluate: async (trial, document, hooks, signal) => {
      const files = trialFiles(folder, run.number, trial.number)
      const request = `${JSON.stringify(requestOf(options, run, trial, document))}\n`
      await writeFileWhole(files.request, request)
      makeFolder(files.work)
      for (let start = 1; ; start++) {
        const result = await oneStart(command, { trial, files, request, start, hooks, signal })
        if (result.type === 'held') return result
        if (result.type === 'finished' || !result.mayRetry || start > command.retries) {
          await rm(files.work, { recursive: true, force: true })
          if (result.type === 'failed') throw withLog(result.error, files.log)
          return result
        }
        const { message } = errorData(result.error)
        await hooks.onNotice(`${message} It is started again (${start} of ${command.retries}).`)
      }
    },
  }
}

interface Start {
  readonly trial: TrialRecord
  readonly files: TrialFiles
  readonly request: string
  /** From 1. */
  readonly start: number
  readonly hooks: EvaluationHooks
  readonly signal: AbortSignal
}

type StartResult =
  | Extract<Evaluation, { type: 'held' | 'finished' }>
  | { readonly type: 'failed'; readonly error: AppError; readonly mayRetry: boolean }

/** @throws AppError `cancelled`; `storage-failed` where its log cannot be written */
async function oneStart(command: CommandDefinition, given: Start): Promise<StartResult> {
  const { trial, files, request, start, hooks, signal } = given
  const log = openLog(files.log, `[start ${start} of at most ${command.retries + 1}, ${new Date().toISOString()}]`)
  const reader = createAnswerReader()
  try {
    const end = await runProgram({
      program: command.program,
      arguments: command.arguments.map((word) => word.replaceAll(FILE, files.request)),
      folder: folderOf(command) ?? files.work,
      environment: {
        GPTNAS_FILE: files.request,
        GPTNAS_FOLDER: files.work,
        GPTNAS_TRIAL: String(trial.number),
        GPTNAS_START: String(start),
      },
      input: request,
      timeLimit: command.timeLimit,
      signal,
      shouldHold: hooks.shouldHold,
      onOutput: (stream, chunk) => {
        log.write(chunk)
        if (stream === 'stdout') reader.write(chunk)
      },
    })
    if (end.type === 'held') return end
    const { fitness, costs } = answerOf(end, command, reader, log.lastWords())
    return { type: 'finished', fitness, costs, bestEpoch: null, weights: null }
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === 'cancelled') throw thrown
    return { type: 'failed', error: thrown, mayRetry: !(thrown instanceof ToldByProgram) }
  } finally {
    log.close()
  }
}

/** The program itself says that this architecture has no fitness: asking again would change nothing. */
class ToldByProgram extends AppError {}

/** @throws AppError where it came to no fitness */
function answerOf(
  end: Exclude<ProgramEnd, { type: 'held' }>,
  { timeLimit }: CommandDefinition,
  reader: ReturnType<typeof createAnswerReader>,
  lastWords: string,
): Answer {
  const answer = reader.end()
  if (end.type === 'cancelled') throw new AppError('cancelled', 'The program was ended with the run.')
  if (end.type === 'time-limit')
    throw new AppError(
      'time-limit',
      `The program was ended after ${timeLimit} s without having finished.`,
      'Allow it more time (evaluator.timeLimit), or let it do less.',
    )
  if (end.type === 'flooded')
    throw new AppError(
      'command-failed',
      `The program printed more than ${MOST_OUTPUT_BYTES} bytes and was ended.`,
      'Let it print less.',
    )
  if (answer !== undefined && 'error' in answer) throw new ToldByProgram('command-failed', answer.error)
  if (end.type === 'killed' || end.code !== 0) {
    const how = end.type === 'killed' ? `was killed by ${end.by}` : `ended with code ${end.code}`
    const said = lastWords === '' ? 'It printed nothing.' : `Its last words: ${lastWords}`
    throw new AppError('command-failed', `The program ${how}. ${said}`)
  }
  return answer ?? refuseNoAnswer(reader.problem, lastWords)
}

function withLog(error: AppError, log: string): AppError {
  const fix = `${error.fix === undefined ? '' : `${error.fix} `}Its log: ${log}`
  return new AppError(error.code, error.message, fix, { cause: error })
}

const factsOf = ({ imageShape, classes }: CommandDefinition): ImageFacts => ({ shape: imageShape, classes })

function commandIn({ evaluator }: Pick<RunDefinition, 'evaluator'>): CommandDefinition {
  if (evaluator.kind !== 'command') throw new Error(`the evaluator ${evaluator.kind} is no command`)
  return evaluator
}

export const commandKind: EngineEvaluator = {
  images: (definition) => factsOf(commandIn(definition)),
  check: async (definition) => ({ problems: await commandProblems(commandIn(definition)), notes: [] }),
  parallel: (definition) => commandIn(definition).parallel,
  prepare: async ({ store, allowedCommands }, { run }) => {
    const command = commandIn(run.definition)
    await refuseForeign(allowedCommands, command)
    const [problem] = await commandProblems(command)
    if (problem !== undefined) throw new AppError('invalid-input', problem)
    return {
      facts: factsOf(command),
      on: (space, library) => createCommandEvaluator({ run, command, folder: store.folders.commands, space, library }),
    }
  },
}
