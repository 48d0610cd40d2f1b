// A loaded proposer: probabilities of the next layer and of the next block behind windows, from one recorded call each.
// Which blocks a space allows is reconstruct.ts's and suggest.ts's, how the allowed ones are weighed block-weights.ts's.
import { PAD_TOKEN, WINDOW_LAYERS } from '@shared/language'
import { tf, type Tensor, type Tensor2D } from '../../tensorflow/backend'
import { batchMatMul } from '../../tensorflow/kernels/dense'
import { softmax } from '../../tensorflow/kernels/activations'
import { entry } from '../../tensorflow/recorder/program'
import { record } from '../../tensorflow/recorder/record'
import { beginningTokens } from './beginnings'
import type { Checkpoint } from '../model/checkpoint'
import { classifierLogitsForAll } from '../model/classifier'
import { gptHidden, gptLogits, lastPositions } from '../model/gpt'
import type { ModelFile } from '../model/model-file'
import { variablesOf, weightSource } from '../model/parameters'

/** Windows in one call; a generation of the paper has 30 individuals. Shorter lists are filled up. */
const BATCH = 32

export interface BlockProbabilities {
  /** P(block | window) by class, summing to 1: `[blocks]`. */
  readonly blocks: Float32Array
  /** Share of the predicted layers that begin a block at all. */
  readonly beginning: number
}

export interface Proposals {
  readonly model: ModelFile
  readonly card: string
  /** P(next layer | window), `[vocabulary]` for each window of `WINDOW_LAYERS` tokens. */
  nextLayers(windows: readonly (readonly number[])[]): Float32Array[]
  /** P(next block | window) over the classifier's blocks. */
  nextBlocks(windows: readonly (readonly number[])[]): BlockProbabilities[]
  /** Frees the session. */
  dispose(): void
}

/** Records a checkpoint for use. The caller disposes. */
export function createProposals({ model, card, arrays }: Checkpoint): Proposals {
  const variables = variablesOf(arrays)
  const begins = tf.tidy(() => tf.variable(tf.tensor1d(beginningTokens()), false))
  const weights = weightSource(variables)
  const feeds = { windows: { shape: [BATCH * WINDOW_LAYERS], dtype: 'int32' } } as const
  const layersAfter = (windows: Tensor): Tensor2D =>
    softmax(gptLogits(lastPositions(gptHidden(windows, weights, model.gpt), model.gpt), weights))
  const { vocabulary } = model.gpt
  const program = record({
    variables: { ...Object.fromEntries(variables), begins },
    entries: {
      layers: entry(feeds, ({ windows }) => ({ layers: layersAfter(windows) as Tensor })),
      blocks: entry(feeds, ({ windows }) => {
        // P(block | window) = sum over layers of P_gpt(layer | window) P_classifier(block | window, layer), where the
        // layers are those that begin a block.
        const beginning = tf.mul(layersAfter(windows), begins) // [N, V]
        const mass = tf.sum(beginning, 1, true) // [N, 1]
        const blocks = softmax(classifierLogitsForAll(windows, weights, model.classifier)) // [N, V, K]
        const joint = batchMatMul(tf.reshape(tf.div(beginning, mass), [BATCH, 1, vocabulary]), blocks) // [N, 1, K]
        return { blocks: joint, mass: tf.reshape(mass, [BATCH]) as Tensor }
      }),
    },
  })
  tf.dispose([...variables.values(), begins])

  function inBatches<T>(windows: readonly (readonly number[])[], run: (feed: Int32Array, count: number) => T[]): T[] {
    const results: T[] = []
    for (let start = 0; start < windows.length; start += BATCH) {
      const part = windows.slice(start, start + BATCH)
      const feed = new Int32Array(BATCH * WINDOW_LAYERS).fill(PAD_TOKEN)
      part.forEach((window, i) => feed.set(window, i * WINDOW_LAYERS))
      results.push(...run(feed, part.length))
    }
    return results
  }
  const rowsOf = (values: Float32Array, count: number): Float32Array[] => {
    const width = values.length / BATCH
    return Array.from({ length: count }, (_, i) => values.slice(i * width, (i + 1) * width))
  }

  return {
    model,
    card,
    nextLayers: (windows) =>
      inBatches(windows, (feed, count) =>
        rowsOf(program.run('layers', { windows: feed }).layers as Float32Array, count),
      ),
    nextBlocks: (windows) =>
      inBatches(windows, (feed, count) => {
        const { blocks, mass } = program.run('blocks', { windows: feed })
        return rowsOf(blocks as Float32Array, count).map((row, i) => ({ blocks: row, beginning: mass[i]! }))
      }),
    dispose: () => program.dispose(),
  }
}
