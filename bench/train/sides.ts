// The sides of bench:train: our step in plain Node and in Electron, Keras's and PyTorch's, each with its settings, and how one
// measurement of a side is run in a process of its own.
import { cpus } from 'node:os'
import { join } from 'node:path'
import { threadUseFor } from '../../src/engine/executors/threads'
import { costOf } from '../../src/shared/architecture/cost'
import type { SelfCheck } from '../../src/shared/contract/compute'
import { environmentFor } from '../../src/shared/runtime/compute-environment'
import { checkout } from '../harness'
import { electronCommand } from './electron'
import { askChild, type Environment } from './peers'
import { pythonOf } from './python'
import type { BenchNetwork } from './networks'
import type { StepJob, StepTimes } from './steps'

type Program = 'ours' | 'electron' | 'keras' | 'pytorch'

export interface Side {
  readonly name: string
  readonly program: Program
  readonly environmentFor: (network: BenchNetwork) => Environment
  readonly threads: number
  readonly channelsLast: boolean
}

export type Outcome = { readonly times: StepTimes; readonly stderr: string } | { readonly problem: string }

/** Loading, tracing and warming up on a busy machine, beside the seconds of the measurement. */
const START_SECONDS: Readonly<Record<Program, number>> = {
  ours: 120,
  electron: 120,
  keras: 120,
  // It traces nothing, and a channels-last network that spins does so for ever.
  pytorch: 30,
}

const cores = cpus().length
/** What the engine gives a compute whose self-check came out so: to a training that runs alone, or to one of many. */
const ours =
  (oneDnn: boolean, threads = cores) =>
  ({ graph, batch }: BenchNetwork): Environment => {
    const selfCheck: SelfCheck = { oneDnn, groupedConvolution: oneDnn, allocator: 'bfc', notices: [] }
    const use = threads === 1 ? 'within-ops' : threadUseFor(costOf(graph), batch)
    // Its notices on standard error tell whether Keras turned oneDNN on by itself.
    return { ...environmentFor(selfCheck, threads, use), TF_CPP_MIN_LOG_LEVEL: '0' }
  }
const nothing = (network: BenchNetwork): Environment =>
  Object.fromEntries(Object.keys(ours(true)(network)).map((name) => [name, undefined]))

const side = (
  name: string,
  program: Program,
  environment: Side['environmentFor'],
  threads = cores,
  channelsLast = false,
): Side => ({ name, program, environmentFor: environment, threads, channelsLast })

/** PyTorch takes its threads from OpenMP as well. */
const pytorch = (threads: number, channelsLast: boolean): Side =>
  side(
    `PyTorch, ${threads} ${threads === 1 ? 'thread' : 'threads'}${channelsLast ? ', channels last' : ''}`,
    'pytorch',
    (network) => ({ ...nothing(network), OMP_NUM_THREADS: String(threads) }),
    threads,
    channelsLast,
  )

export const OURS_OFF = side('ours, oneDNN off', 'ours', ours(false))
/** The product's own settings where the self-check passes. */
export const OURS_ON = side('ours, oneDNN on', 'ours', ours(true))
export const ELECTRON = side('ours, oneDNN on, in Electron', 'electron', ours(true))
/** Equal settings: every variable that a compute gets. */
export const KERAS_OFF = side('Keras, oneDNN off', 'keras', ours(false))
export const KERAS_ON = side('Keras, oneDNN on', 'keras', ours(true))
export const KERAS_DEFAULTS = side('Keras, defaults', 'keras', nothing)
export const PYTORCH: readonly Side[] = [...new Set([cores, 1])].flatMap((threads) => [
  pytorch(threads, false),
  pytorch(threads, true),
])
/** For one process a core. */
export const OURS_ONE_THREAD = side('ours, 1 thread', 'ours', ours(true, 1), 1)
export const PYTORCH_ONE_THREAD: readonly Side[] = [pytorch(1, false), pytorch(1, true)]

/** Whether the TensorFlow of a measurement said that it uses oneDNN. */
export const usedOneDnn = (stderr: string): boolean => /oneDNN custom operations are on/.test(stderr)

function commandOf(program: Program): readonly [string, readonly string[]] {
  const python = (file: string): readonly string[] => [join(checkout, 'bench', 'train', file)]
  switch (program) {
    case 'ours':
      return [process.execPath, [process.argv[1]!, '--ours']]
    case 'electron':
      return electronCommand(process.argv[1]!)
    case 'keras':
      return [pythonOf('keras'), python('keras_steps.py')]
    case 'pytorch':
      return [pythonOf('pytorch'), python('torch_steps.py')]
  }
}

/** @param environment the side's for this network, and what it needs besides: a display, say */
export async function measureSide(
  { name, program, threads, channelsLast }: Side,
  measured: Omit<StepJob, 'threads' | 'channelsLast'>,
  environment: Environment,
): Promise<Outcome> {
  const job: StepJob = { ...measured, threads, channelsLast }
  const limit = job.seconds + START_SECONDS[program]
  const outcome = await askChild<StepTimes>(name, commandOf(program), job, environment, limit)
  return 'problem' in outcome ? outcome : { times: outcome.answer, stderr: outcome.stderr }
}
