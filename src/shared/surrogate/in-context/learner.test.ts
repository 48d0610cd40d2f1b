// What the learner must not depend on, what its fixed processes must be, and that it learns.
import { beforeAll, describe, expect, it } from 'vitest'
import { AdamW } from '../../autodiff/adam-w'
import { gaussianLoss } from '../../autodiff/losses'
import { Tape } from '../../autodiff/tape'
import { createRandom } from '../../random'
import { wordFeatures } from '../../spaces/features'
import { GaussianProcess } from '../gaussian-process'
import { PointMaker } from '../points'
import { InContextAdviser } from './adviser'
import { inContextCard } from './card'
import { IN_CONTEXT_FORMAT, learnerOf, parseInContextFile } from './checkpoint'
import { PROCESSES, processOpinions } from './fixed-processes'
import { drawTask, type LabelledTask } from './landscapes/draw-task'
import { terrainOf, type Terrain } from './landscapes/terrain'
import { InContextLearner } from './learner'
import { COORDINATES, normalised, type InContextTask } from './task'

const WORDS = ['none', 'skip', 'conv_3x3', 'conv_1x1']
const features = wordFeatures(['e0_1', 'e0_2', 'e1_2'].map((name) => ({ name, choices: WORDS })))
const members = WORDS.flatMap((a) => WORDS.flatMap((b) => WORDS.map((c) => features([a, b, c]))))
let terrain: Terrain
const learner = InContextLearner.draw(createRandom(1))
const drawn = (known: number, asked: number, seed = 1): LabelledTask =>
  drawTask(terrain, known, asked, createRandom(seed))
const said = (task: InContextTask): number[] => {
  const { means, spreads } = learner.predict(new Tape(false), [task])
  return [...means.data, ...spreads.data]
}

/** The rows named, of the known ones and of all. */
function picked(task: InContextTask, known: readonly number[], asked: readonly number[]): InContextTask {
  const rows = [...known, ...asked.map((row) => task.known + row)]
  const square = (from: Float64Array): Float64Array =>
    Float64Array.from(rows.flatMap((row) => known.map((column) => from[row * task.known + column]!)))
  return {
    known: known.length,
    asked: asked.length,
    choices: square(task.choices),
    figures: square(task.figures),
    coordinates: Float64Array.from(
      rows.flatMap((row) => [...task.coordinates.subarray(row * COORDINATES, (row + 1) * COORDINATES)]),
    ),
    targets: Float64Array.from(known, (row) => task.targets[row]!),
  }
}

beforeAll(() => {
  terrain = terrainOf(members, createRandom(1))
})

describe('the learner', () => {
  it('has the published number of weights', () => {
    expect(learner.parameters.count).toBe(41_479)
  })

  it('says of an architecture the same whatever else is asked', () => {
    const { task } = drawn(9, 5)
    const all = said(task)
    for (let row = 0; row < 5; row++) {
      const alone = said(picked(task, [0, 1, 2, 3, 4, 5, 6, 7, 8], [row]))
      expect(alone[0]).toBeCloseTo(all[row]!, 10)
      expect(alone[1]).toBeCloseTo(all[5 + row]!, 10)
    }
  })

  it('does not care about the order of what is known', () => {
    const { task } = drawn(9, 5)
    const turned = said(picked(task, [4, 0, 8, 2, 6, 1, 7, 3, 5], [0, 1, 2, 3, 4]))
    said(task).forEach((value, i) => expect(turned[i]).toBeCloseTo(value, 9))
  })

  it('says the same of a task in a batch as alone', () => {
    const tasks = [drawn(6, 3), drawn(14, 4, 2)].map(({ task }) => task)
    const { means } = learner.predict(new Tape(false), tasks)
    const alone = tasks.flatMap((task) => said(task).slice(0, task.asked))
    alone.forEach((value, i) => expect(means.data[i]).toBeCloseTo(value, 10))
  })

  it('says the same from memory that it uses again, and of pairs a part at a time', () => {
    const tape = Tape.reused()
    // 53 x 45 pairs are more than one part.
    for (const { task } of [drawn(9, 5), drawn(45, 8), drawn(6, 3)]) {
      tape.restart()
      const { means, spreads } = learner.predict(tape, [task])
      const recorded = learner.predict(new Tape(), [task])
      expect([...means.data, ...spreads.data]).toEqual(said(task))
      means.data.forEach((mean, i) => expect(mean).toBeCloseTo(recorded.means.data[i]!, 12))
    }
  })

  it('learns a batch by heart', () => {
    const model = InContextLearner.draw(createRandom(2), { width: 16, blocks: 1, heads: 2, inner: 32, pairInner: 8 })
    const tasks = [1, 2, 3].map((seed) => drawn(8, 6, seed))
    const answers = tasks.flatMap((task) => [...task.answers])
    const optimiser = new AdamW(model.parameters, 0)
    const losses = Array.from({ length: 150 }, () => {
      const tape = new Tape()
      const { means, spreads } = model.predict(
        tape,
        tasks.map(({ task }) => task),
      )
      const loss = gaussianLoss(tape, means, spreads, answers)
      tape.backward(loss)
      optimiser.step(0.01)
      return loss.data[0]!
    })
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 1.5)
  })
})

describe('the fixed processes', () => {
  it('say of a known architecture what they would say without it', () => {
    const task = normalised(drawn(10, 1).task)
    const all = processOpinions(task)
    for (let left = 0; left < task.known; left++) {
      const others = Array.from({ length: task.known }, (_, i) => i).filter((row) => row !== left)
      const without: InContextTask = {
        ...picked(task, others, []),
        asked: 1,
        choices: Float64Array.from([...others, left].flatMap((a) => others.map((b) => task.choices[a * 10 + b]!))),
        figures: Float64Array.from([...others, left].flatMap((a) => others.map((b) => task.figures[a * 10 + b]!))),
      }
      const refitted = processOpinions(without)
      for (let i = 0; i < PROCESSES; i++) {
        expect(all.means[left * PROCESSES + i]).toBeCloseTo(refitted.means[9 * PROCESSES + i]!, 8)
        expect(all.deviations[left * PROCESSES + i]).toBeCloseTo(refitted.deviations[9 * PROCESSES + i]!, 6)
      }
    }
  })
})

describe('a task', () => {
  it('is a function of its stream', () => {
    expect(drawn(8, 4)).toEqual(drawn(8, 4))
    expect(drawn(8, 4).answers).not.toEqual(drawn(8, 4, 2).answers)
  })

  it('asks about architectures that are not known, in the scale of ranks', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { task, answers } = drawn(8, 5, seed)
      for (let i = task.known * task.known; i < task.choices.length; i++)
        expect(task.choices[i]! + task.figures[i]!).toBeGreaterThan(0)
      expect(Math.max(...answers.map(Math.abs))).toBeLessThanOrEqual(3.5)
    }
  })
})

describe('in a search', () => {
  it('follows what the process takes in and takes out again', () => {
    const maker = new PointMaker(members)
    const points = members.map((member) => maker.point(member))
    const process = new GaussianProcess()
    const adviser = new InContextAdviser(learner, points)
    const ask = (asking: InContextAdviser) => {
      process.fit()
      return asking.predictions(process, [
        { distances: process.distances(points[40]!), coordinates: asking.locate(points[40]!) },
      ])
    }
    points.slice(0, 6).forEach((point, i) => process.add(point, i))
    const before = ask(adviser)
    process.add(points[20]!, 9)
    expect(ask(adviser)).not.toEqual(before)
    process.truncate(6)
    process.add(points[30]!, 9)
    expect(ask(adviser)).toEqual(ask(new InContextAdviser(learner, points)))
    process.truncate(6)
    expect(ask(adviser)).toEqual(before)
  })
})

describe('a checkpoint', () => {
  const described = {
    format: IN_CONTEXT_FORMAT as typeof IN_CONTEXT_FORMAT,
    preset: 'in-context' as const,
    name: 'test',
    model: learner.shape,
    training: { seed: 1, steps: 1, command: 'gpt-nas proposer train', seconds: 1 },
    metrics: { parameters: 41_479, loss10: 0.5 },
  }

  it('gives the learner back', () => {
    const text = JSON.stringify({ ...described, weights: { sha256: '', sizeBytes: 0 }, card: { sha256: '' } })
    const read = learnerOf(parseInContextFile(text), learner.parameters.write())
    expect(read.parameters.write()).toEqual(learner.parameters.write())
    expect(() => learnerOf(parseInContextFile(text), new Float32Array(7))).toThrow(/7 weights; this model has 41479/)
  })

  it('refuses what is none, with the reason', () => {
    expect(() => parseInContextFile('{')).toThrow(/not JSON/)
    expect(() => parseInContextFile('{"format":"gptnas-workbench/1"}')).toThrow(/no checkpoint of preset in-context/)
  })

  it('has a card that says what it was measured on', () => {
    expect(inContextCard(described)).toContain('| 10 | 0.5 |')
  })
})
