// Whether TensorFlow's build for cards trains on a processor as fast as the build for processors: the same step in turns, each in a process
// of its own with every card hidden. Measured where both builds are there; judged by processor time, which a busy machine changes least.
import { bindingEnvironment } from '../../src/engine/runtimes/active'
import { createRuntimes, type Runtimes, type RuntimesOptions } from '../../src/engine/runtimes/runtimes'
import { AppError } from '../../src/shared/errors'
import type { BuildId } from '../../src/shared/runtime/tensorflow-builds'
import { atMost, equal, median } from '../harness'
import { seen, type Lines } from './seen'

/** What a user with a card would give up where the card is busy or gone; a tenth for noise. */
const MOST_OVER_PROCESSORS = 1.1

type Sides = Readonly<Record<'processors' | 'cards', Readonly<Record<string, string>>>>

/** @returns environments that load each of the two builds; the missing build's id where one is not installed */
export async function bothBuilds(options: RuntimesOptions): Promise<Sides | BuildId> {
  const runtimes = createRuntimes(options)
  const environment = async (id: BuildId): Promise<Record<string, string>> => ({
    ...bindingEnvironment(await runtimes.binding(id)),
    CUDA_VISIBLE_DEVICES: '',
  })
  for (const id of ['cpu', 'cuda12'] as const) if (!(await isThere(runtimes, id))) return id
  return { processors: await environment('cpu'), cards: await environment('cuda12') }
}

async function isThere(runtimes: Runtimes, id: BuildId): Promise<boolean> {
  try {
    await runtimes.binding(id)
    return true
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'not-found') return false
    throw thrown
  }
}

/** What one process measured, in milliseconds: the middle step by the clock, and a step by the processor. */
export interface Turn {
  readonly stepMs: number
  readonly processorMs: number
}

export interface BuildFigures {
  readonly network: string
  readonly processors: readonly Turn[]
  readonly cards: readonly Turn[]
}

/** Of the medians over all turns. */
export const ratioOf = ({ processors, cards }: BuildFigures, of: keyof Turn = 'processorMs'): number =>
  median(cards.map((turn) => turn[of])) / median(processors.map((turn) => turn[of]))

/** @param device on which the build for cards computes with every card hidden */
export function buildLines(figures: readonly BuildFigures[], device: 'gpu' | 'cpu'): Lines {
  return seen(
    equal('build for cards with every card hidden: computes on a card', Number(device === 'gpu'), 0),
    ...figures.map((one) =>
      atMost(
        `build for cards / for processors, processor time of a step of ${one.network}`,
        ratioOf(one),
        MOST_OVER_PROCESSORS,
      ),
    ),
  )
}
