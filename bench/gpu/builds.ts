// Whether TensorFlow's build for cards trains on a processor as fast as the build for processors: the same step in turns, each in a process
// of its own with every card hidden. Measured where both builds are there; a step takes its steady middle in each turn.
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

export interface BuildFigures {
  readonly network: string
  /** Milliseconds of the middle step, one a turn. */
  readonly processors: readonly number[]
  readonly cards: readonly number[]
}

/** Of the medians over all turns. */
export const ratioOf = ({ processors, cards }: BuildFigures): number => median(cards) / median(processors)

/** @param device on which the build for cards computes with every card hidden */
export function buildLines(figures: readonly BuildFigures[], device: 'gpu' | 'cpu'): Lines {
  return seen(
    equal('build for cards with every card hidden: computes on a card', Number(device === 'gpu'), 0),
    ...figures.map((one) =>
      atMost(
        `build for cards / for processors, a step of ${one.network} on the processor`,
        ratioOf(one),
        MOST_OVER_PROCESSORS,
      ),
    ),
  )
}
