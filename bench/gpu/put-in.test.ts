// That bench:gpu's checks can fail, from the measurement on: a leak and a slow step put into real trainings on purpose, each turning its
// own check red and no other. What the judge makes of every figure is judge.test.ts's, where the wrong kernel is too.
import { afterEach, expect, it, vi } from 'vitest'
import { backend, tf } from '../../src/compute/tensorflow/backend'
import type * as sessions from '../../src/compute/training/session'
import { trainAndUnload, type Held } from '../cycles/compute'
import { median } from '../harness'
import { CLASSES, resNet20 } from '../train/networks'
import { measureOurs } from '../train/ours'
import { leakLines, stepLines, type StepFigures } from './judge'
import type { Lines } from './seen'

afterEach(() => void vi.restoreAllMocks())

const failing = ({ checks }: Lines): string[] => checks.filter(({ ok }) => !ok).map(({ name }) => name)

/** @param after is called after each training, before what is held is looked at */
async function leaks(fault: () => void = () => undefined): Promise<string[]> {
  const held: Held[] = []
  await trainAndUnload(4, (one) => held.push(one), fault)
  return failing(leakLines(held, [], false))
}

it('a tensor that a training forgets is seen', async () => {
  expect(await leaks()).toEqual([])
  const forgotten: ReturnType<typeof tf.zeros>[] = []
  // It holds values of its own, and nothing of the binding's, until it is used.
  expect(await leaks(() => void forgotten.push(tf.keep(tf.zeros([10]))))).toEqual([
    'spread of the number of tensors between trainings',
  ])
  tf.dispose(forgotten)
})

it('a tensor that only the binding still holds is seen: one whose end TensorFlow is not told', async () => {
  const real = backend.binding
  let isForgetting = false
  const deleteTensor = (id: number): void => {
    if (isForgetting) isForgetting = false
    else real.deleteTensor(id)
  }
  backend.binding = Object.create(real, { deleteTensor: { value: deleteTensor } }) as typeof real
  try {
    expect(await leaks(() => (isForgetting = true))).toEqual(["spread of the binding's tensors"])
  } finally {
    backend.binding = real
  }
})

/** Called for each step of a training session. */
const onStep = vi.hoisted(() => vi.fn())
vi.mock('../../src/compute/training/session', async (original) => {
  const { createSession } = await original<typeof sessions>()
  return {
    createSession: (...given: Parameters<typeof createSession>) => {
      const session = createSession(...given)
      const step: typeof session.step = (...asked) => {
        onStep()
        return session.step(...asked)
      }
      return { ...session, step }
    },
  }
})

/** Milliseconds that a step of the network takes by the clock of this test. */
const STEP_MS = 10

/**
 * Real steps under a clock that moves with their number alone, so that a busy machine changes nothing.
 * @param slowness of the i-th step, as a factor
 */
function times(slowness: (step: number) => number): number[] {
  let [now, steps] = [0, 0]
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  onStep.mockImplementation(() => void (now += STEP_MS * slowness(steps++)))
  const [graph, classes] = [resNet20(2), CLASSES]
  const job = { graph, batch: 4, images: 16, classes, warmUp: 2, seconds: 0.4, threads: 1, channelsLast: false }
  const measured = measureOurs(job).times
  vi.restoreAllMocks()
  return [...measured]
}

it('a slow step is seen: every one of them against the peer, and now and then one that waits', () => {
  const figure = (of: readonly number[]): StepFigures => {
    return { network: 'n', batch: 4, mode: 'float32', times: of, hostMs: 1, busy: 0.9, pytorchMs: STEP_MS }
  }
  const halves: StepFigures = { ...figure([STEP_MS / 2]), mode: 'mixed-float16' }
  const against = (of: readonly number[]): string[] => failing(stepLines([figure(of), halves], true))
  const right = times(() => 1)
  expect(median(right)).toBe(STEP_MS)
  expect(right.length).toBeGreaterThan(30)
  expect(against(right)).toEqual([])
  expect(against(times(() => 1.3))).toEqual(['step / PyTorch, same mode, worst setting'])
  expect(against(times((step) => (step % 10 === 0 ? 5 : 1)))).toEqual([
    'steps beyond three times the middle one, worst setting',
  ])
})
