import { readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrainEvent, TrainJob } from '@shared/contract/compute'
import { AppError } from '@shared/errors'
import { describe, expect, it } from 'vitest'
import { tf } from '../tensorflow/backend'
import { initialValues } from '../networks/initialise'
import { buildNetwork } from '../networks/network'
import { readArrayFile } from '../networks/array-file'
import { LeakGuard } from './leak-guard'
import { prepare } from './prepare'
import { createSession } from './session'
import { chain, tinyJob } from './testing/tiny-job'
import { train, type TrainOptions } from './train'

async function run(given: TrainJob, options?: TrainOptions): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  for await (const event of train(given, options)) events.push(event)
  return events
}

const epochsOf = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.type === 'epoch' ? [event.epoch] : []))
/** Everything of an epoch that must not depend on how fast the machine was. */
const curve = (events: readonly TrainEvent[]) => epochsOf(events).map(({ seconds: _, ...rest }) => rest)
const last = (events: readonly TrainEvent[]) => events[events.length - 1]!

const accuracies = (events: readonly TrainEvent[]) =>
  epochsOf(events).map(({ validationAccuracy }) => validationAccuracy)

/** Pulls until `epochs` epochs are told, then breaks the stream off as a client would. */
async function runUntilEpoch(given: TrainJob, epochs: number): Promise<TrainEvent[]> {
  const events: TrainEvent[] = []
  for await (const event of train(given)) {
    events.push(event)
    if (event.type === 'epoch' && event.epoch.epoch === epochs) break
  }
  return events
}

describe('train', () => {
  it('learns a small set and leaves the weights of its best epoch', async () => {
    const given = await tinyJob({ epochs: 12 })
    const events = await run(given)
    expect(events[0]).toMatchObject({
      type: 'started',
      resumedFromEpoch: 0,
      stepsPerEpoch: 3,
      parameters: 259,
      notice: null,
    })
    const epochs = epochsOf(events)
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    const best = Math.max(...epochs.map(({ validationAccuracy }) => validationAccuracy))
    expect(best).toBeGreaterThan(0.9)
    expect(epochs[11]!.trainLoss).toBeLessThan(epochs[0]!.trainLoss / 2)
    const finished = last(events)
    if (finished.type !== 'finished') throw new Error(`expected finished, received ${finished.type}`)
    expect(finished.fitness).toBe(best)
    expect(epochs[finished.bestEpoch - 1]!.validationAccuracy).toBe(best)
    const weights = await readArrayFile(finished.weights)
    expect(weights.sha256).toBe(finished.sha256)
    expect(weights.arrays.map(({ name }) => name)).toContain('n1/moving-variance')
  })

  it('leaves the weights of its last epoch where it is asked to, also after it was broken off', async () => {
    const whole = await run({ ...(await tinyJob({ epochs: 6 })), keep: 'last' })
    const given = { ...(await tinyJob({ epochs: 6 })), keep: 'last' as const }
    await runUntilEpoch(given, 3)
    const resumed = await run(given)
    const [a, b] = [last(whole), last(resumed)]
    if (a.type !== 'finished' || b.type !== 'finished') throw new Error('expected both to finish')
    expect([a.bestEpoch, b.bestEpoch]).toEqual([6, 6])
    expect(b.fitness).toBe(epochsOf(whole)[5]!.validationAccuracy)
    expect((await readArrayFile(b.weights)).arrays).toEqual((await readArrayFile(a.weights)).arrays)
  })

  it('ends where it is asked to, and trained on from there is what was trained at once', async () => {
    const whole = await run(await tinyJob({ epochs: 6 }))
    const given = await tinyJob({ epochs: 6 })
    const rung = await run({ ...given, untilEpoch: 2 })
    expect(curve(rung)).toEqual(curve(whole).slice(0, 2))
    expect(last(rung)).toMatchObject({ type: 'finished', fitness: Math.max(...accuracies(rung)) })
    // Asked again: nothing is trained.
    expect(last(await run({ ...given, untilEpoch: 2 }))).toEqual(last(rung))
    const rest = await run(given)
    expect(rest[0]).toMatchObject({ resumedFromEpoch: 2 })
    expect(curve(rest)).toEqual(curve(whole))
    const [a, b] = [last(whole), last(rest)]
    if (a.type !== 'finished' || b.type !== 'finished') throw new Error('expected both to finish')
    expect((await readArrayFile(b.weights)).arrays).toEqual((await readArrayFile(a.weights)).arrays)
  })

  it('ends where it is below its bound, with the best it had', async () => {
    const given = { ...(await tinyJob({ epochs: 6 })), endBelow: [null, 0, 2, 2, 2] }
    const events = await run(given)
    expect(epochsOf(events).map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    expect(last(events)).toMatchObject({ type: 'finished', fitness: Math.max(...accuracies(events)) })
    // Asked again, as after a crash between its end and the word of it.
    expect(last(await run(given))).toEqual(last(events))
  })

  it('inherits what agrees of another network, were it nothing, and says how much', async () => {
    const parent = last(await run(await tinyJob({ epochs: 3 })))
    if (parent.type !== 'finished') throw new Error('expected it to finish')
    const wider = chain(
      [8, 8, 3],
      [
        { kind: 'conv2d', parameters: { channels: 8, kernel: [3, 3], stride: [2, 2] } },
        { kind: 'batch-norm', parameters: {} },
        { kind: 'relu', parameters: {} },
        { kind: 'flatten', parameters: {} },
        { kind: 'dense', parameters: { features: 3 } },
      ],
    )
    const inherits = { initialWeights: parent.weights, inherits: true }
    const [started] = await run({ ...(await tinyJob({ epochs: 1 }, wider)), ...inherits })
    // Kernel, and four of batch normalisation; the head has another place and size.
    expect(started).toMatchObject({ type: 'started', inherited: { arrays: 5, of: 7 }, notice: null })
    const other = chain(
      [8, 8, 3],
      [
        { kind: 'flatten', parameters: {} },
        { kind: 'dense', parameters: { features: 3 } },
      ],
    )
    const [nothing] = await run({ ...(await tinyJob({ epochs: 1 }, other)), ...inherits })
    expect(nothing).toMatchObject({ inherited: { arrays: 0, of: 2 } })
    await expect(run({ ...(await tinyJob({ epochs: 1 }, other)), initialWeights: parent.weights })).rejects.toThrow(
      /nothing of this network/,
    )
  })

  it('begins with the weights of an earlier training', async () => {
    const first = last(await run(await tinyJob({ epochs: 12 })))
    if (first.type !== 'finished') throw new Error('expected it to finish')
    const [anew] = epochsOf(await run(await tinyJob({ epochs: 1 })))
    const [goesOn] = epochsOf(await run({ ...(await tinyJob({ epochs: 1 })), initialWeights: first.weights }))
    expect(goesOn!.trainLoss).toBeLessThan(anew!.trainLoss / 2)
    await expect(run({ ...(await tinyJob()), initialWeights: `${first.weights}-gone` })).rejects.toMatchObject({
      code: 'storage-failed',
    })
  })

  it('gives the undisturbed curve, bit by bit, when it is broken off and resumed', async () => {
    const whole = await run(await tinyJob())
    const broken = await tinyJob()
    await runUntilEpoch(broken, 2)
    const resumed = await run(broken)
    expect(resumed[0]).toMatchObject({ type: 'started', resumedFromEpoch: 2 })
    expect(curve(resumed)).toEqual(curve(whole))
    const [a, b] = [last(whole), last(resumed)]
    if (a.type !== 'finished' || b.type !== 'finished') throw new Error('expected both to finish')
    expect((await readArrayFile(b.weights)).arrays).toEqual((await readArrayFile(a.weights)).arrays)
  })

  it('falls back to the checkpoint before a damaged one, and says so', async () => {
    const given = await tinyJob()
    await runUntilEpoch(given, 3)
    await truncate(join(given.checkpointFolder, 'epoch-00003.checkpoint'), 200)
    const resumed = await run(given)
    expect(resumed[0]).toMatchObject({ resumedFromEpoch: 2 })
    expect(resumed[0]).toHaveProperty('notice', expect.stringContaining('epoch-00003.checkpoint'))
    expect(curve(resumed)).toEqual(curve(await run(await tinyJob())))
  })

  it('starts over where the checkpoints belong to another training', async () => {
    const given = await tinyJob({ epochs: 1 })
    await run(given)
    const events = await run({ ...given, seed: 6 })
    expect(events[0]).toMatchObject({
      resumedFromEpoch: 0,
      notice: expect.stringContaining('another training') as string,
    })
  })

  it('tells a finished training again without training it', async () => {
    const given = await tinyJob({ epochs: 2 })
    const first = await run(given)
    const again = await run(given)
    expect(again.filter(({ type }) => type === 'step')).toEqual([])
    expect(last(again)).toEqual(last(first))
  })

  it('keeps two checkpoints and what they name', async () => {
    const given = await tinyJob({ epochs: 5 })
    await run(given)
    const files = await readdir(given.checkpointFolder)
    expect(files.filter((file) => file.endsWith('.checkpoint')).sort()).toEqual([
      'epoch-00004.checkpoint',
      'epoch-00005.checkpoint',
    ])
    expect(files.filter((file) => file.endsWith('.weights')).length).toBeLessThanOrEqual(2)
    expect(files.filter((file) => /\.part(ial)?$/.test(file))).toEqual([])
  })

  it('fails with the step at which the loss stopped being a number', async () => {
    const given = await tinyJob()
    const steep = { ...given, recipe: { ...given.recipe, learningRate: 1e30 } }
    await expect(run(steep)).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(/^The training diverged: its loss became \S+ at epoch \d+, step \d+\.$/) as string,
      fix: expect.stringContaining('lower learning rate than 1e+30') as string,
    })
  })

  it('fails when the time limit is over, counting the attempts before', async () => {
    let time = 0
    const given = { ...(await tinyJob()), timeLimitSeconds: 40 }
    const ticking = { now: () => (time += 1500) }
    await expect(run(given, ticking)).rejects.toMatchObject({ code: 'time-limit' })
    const trained = (await readdir(given.checkpointFolder)).filter((file) => file.endsWith('.checkpoint')).length
    expect(trained).toBeGreaterThan(0)
    // The clock stands still: only what the checkpoint remembers can be over the limit.
    await expect(run({ ...given, timeLimitSeconds: 1 }, { now: () => 0 })).rejects.toMatchObject({ code: 'time-limit' })
  })

  it('stops after the step when asked to', async () => {
    const controller = new AbortController()
    const given = await tinyJob({ epochs: 1000 })
    const stopping = (async () => {
      let steps = 0
      for await (const event of train(given, { signal: controller.signal, now: () => Date.now() * 1000 }))
        if (event.type === 'step' && ++steps === 5) controller.abort()
      return steps
    })()
    await expect(stopping).rejects.toMatchObject({ code: 'cancelled' })
    expect(await readdir(given.checkpointFolder)).toContain('epoch-00001.checkpoint')
  })

  it('halves the batch once when it would not fit, then refuses with figures', async () => {
    const given = await tinyJob({ epochs: 1 })
    const { bytesFor: bytes } = await prepare(given)
    const between = (bytes(8) + bytes(16)) / 2 / 0.9
    const events = await run(given, { memory: () => Promise.resolve(between) })
    expect(events[0]).toMatchObject({ notice: expect.stringContaining('trains with 8') as string, stepsPerEpoch: 7 })
    const tooLittle = run({ ...given, seed: 9 }, { memory: () => Promise.resolve(bytes(8) * 0.9) })
    await expect(tooLittle).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/[\d.]+ [KMGT]iB.*[\d.]+ [KMGT]iB/) as string,
    })
  })

  it('goes on with half the batch when TensorFlow runs out of memory, and gives up at the second time', async () => {
    const given = await tinyJob({ epochs: 1 })
    const exhaustedFrom = (limit: number): TrainOptions => ({
      openSession: (session) => {
        if (session.batchSize >= limit) throw new AppError('out-of-memory', 'OOM when allocating tensor')
        return createSession(session)
      },
    })
    const events = await run(given, exhaustedFrom(16))
    const started = events.filter((event) => event.type === 'started')
    expect(started.map(({ notice }) => notice)).toEqual([null, expect.stringContaining('trains with 8')])
    expect(last(events).type).toBe('finished')
    const hopeless = run({ ...given, seed: 21 }, exhaustedFrom(1))
    await expect(hopeless).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(
        /batches of 8 needs about [\d.]+ [KMGT]iB; [\d.]+ [KMGT]iB are available/,
      ) as string,
    })
  })

  it('goes on from its checkpoint with half the batch when the system ended it for want of memory, and halves no more', async () => {
    const given = { ...(await tinyJob({ epochs: 2 })), timeLimitSeconds: null }
    for await (const event of train(given)) if (event.type === 'epoch') break
    const events = await run({ ...given, halveBatch: true })
    expect(events[0]).toMatchObject({
      type: 'started',
      resumedFromEpoch: 1,
      stepsPerEpoch: 7,
      isBatchHalved: true,
      notice: 'The system ran out of memory with batches of 16; trains with 8.',
    })
    expect(last(events).type).toBe('finished')
    // What is halved already says nothing of it again, and neither a prediction nor TensorFlow halves it once more.
    expect((await run({ ...given, halveBatch: true }))[0]).toMatchObject({ stepsPerEpoch: 7, notice: null })
    const { bytesFor } = await prepare(given)
    const tight = { memory: () => Promise.resolve(bytesFor(6) / 0.9) }
    await expect(run({ ...given, seed: 22, halveBatch: true }, tight)).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringContaining('batches of 8 needs') as string,
    })
  })

  it('updates only the listed nodes and the head when told to', async () => {
    const given = await tinyJob({ epochs: 1, weightDecay: 0.1 })
    const weightsOf = async (events: TrainEvent[]) => {
      const finished = last(events)
      if (finished.type !== 'finished') throw new Error('expected finished')
      return new Map((await readArrayFile(finished.weights)).arrays.map(({ name, values }) => [name, values]))
    }
    const frozen = await weightsOf(await run({ ...given, trainable: [] }))
    const changed = buildNetwork(given.graph).arrays.filter(
      (stored) => initialValues(stored, given.seed).values.join() !== frozen.get(stored.name)!.join(),
    )
    // Statistics always follow the data: a frozen layer without them could not predict.
    expect(changed.map(({ name }) => name)).toEqual(['n1/moving-mean', 'n1/moving-variance', 'n6/kernel', 'n6/bias'])
  })

  it('refuses a network that does not fit the data, and damaged data', async () => {
    const given = await tinyJob()
    await expect(run({ ...given, data: { ...given.data, classes: 4 } })).rejects.toMatchObject({
      code: 'invalid-architecture',
    })
    await expect(run({ ...given, graph: { ...given.graph, input: [9, 9, 3] } })).rejects.toMatchObject({
      code: 'invalid-architecture',
    })
    await writeFile(given.validationIndices, Buffer.alloc(4, 0x7f))
    await expect(run(given)).rejects.toMatchObject({ code: 'dataset-damaged' })
  })

  it('refuses a network without weights', async () => {
    const nodes = ['global-average-pool', 'flatten'].map((kind) => ({ kind, parameters: {} }))
    const given = await tinyJob({}, chain([8, 8, 3], nodes))
    await expect(run(given)).rejects.toMatchObject({
      code: 'invalid-architecture',
      message: expect.stringContaining('depends on no weight') as string,
    })
  })

  it('gives signs of life in a long validation, and tells a leak', async () => {
    const given = await tinyJob({ epochs: 4, batchSize: 4 })
    let [time, size] = [0, 0]
    const leakGuard = new LeakGuard(() => (size += 2 ** 30))
    const events = await run(given, { now: () => (time += 120), leakGuard })
    const seen = events.filter((event) => event.type === 'validation' && event.epoch === 2)
    expect(seen.length).toBeGreaterThan(0)
    for (const event of seen) expect(event).toMatchObject({ of: 23 })
    expect(events.filter(({ type }) => type === 'notice')).toMatchObject([
      { message: expect.stringMatching(/leaks/) as string },
    ])
  })

  it('leaves no tensor behind, however it ends', async () => {
    const given = await tinyJob({ epochs: 1 })
    await run(given)
    const before = tf.memory().numTensors
    await run({ ...given, seed: 11 })
    await runUntilEpoch({ ...given, seed: 12 }, 1)
    await run({ ...given, seed: 13, recipe: { ...given.recipe, learningRate: 1e30 } }).catch(() => undefined)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('tells steps at most ten times a second', async () => {
    const given = await tinyJob({ epochs: 6 })
    let time = 0
    // Every look at the clock is a millisecond: 18 steps cannot take the 100 ms that a second event needs... per epoch.
    const events = await run(given, { now: () => time++ })
    const perEpoch = [1, 2, 3, 4, 5, 6].map(
      (epoch) => events.filter((event) => event.type === 'step' && event.epoch === epoch).length,
    )
    expect(perEpoch).toEqual([1, 1, 1, 1, 1, 1])
  })
})

describe('training from given weights', () => {
  /** The weights a training has left, as a file. */
  async function trainedBefore(): Promise<{ file: string; fitness: number }> {
    const finished = last(await run(await tinyJob({ epochs: 12 })))
    if (finished.type !== 'finished') throw new Error(`expected finished, received ${finished.type}`)
    return { file: finished.weights, fitness: finished.fitness }
  }

  it('begins where they are, with their normalisation', async () => {
    const { file, fitness } = await trainedBefore()
    const job = await tinyJob({ epochs: 1, learningRate: 1e-6 })
    const [random] = epochsOf(await run(await tinyJob({ epochs: 1, learningRate: 1e-6 })))
    const events = await run({ ...job, initialWeights: file })
    const [begun] = epochsOf(events)
    expect(begun!.trainLoss).toBeLessThan(random!.trainLoss / 2)
    expect(begun!.validationAccuracy).toBeGreaterThan(fitness - 0.1)
    expect(events[0]).toMatchObject({ notice: null })
  })

  it('leaves what has another size to chance, and refuses weights of another network', async () => {
    const { file } = await trainedBefore()
    const job = await tinyJob({ epochs: 1 })
    const nodes = job.graph.nodes.map((node) => (node.kind === 'dense' ? { ...node, id: 'new-head' } : node))
    const graph = { ...job.graph, nodes, output: nodes.at(-1)!.id }
    const [started] = await run({ ...job, graph, initialWeights: file })
    expect(started).toMatchObject({ notice: expect.stringMatching(/1 layers begin at random: new-head\./) as string })
    const renamed = job.graph.nodes.map((node) => ({
      ...node,
      id: `x-${node.id}`,
      inputs: node.inputs.map((id) => (id === 'input' ? id : `x-${id}`)),
    }))
    await expect(
      run({ ...job, graph: { ...job.graph, nodes: renamed, output: `x-${job.graph.output}` }, initialWeights: file }),
    ).rejects.toThrow(/hold nothing of this network/)
  })
})
