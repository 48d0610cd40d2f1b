// Networks that tfjs saves with its own tools, with what they answer; Keras's and PyTorch's are foreign_keras.py's and foreign_torch.py's.
import path from 'node:path'
import type { LayersModel, SymbolicTensor, Tensor2D } from '@tensorflow/tfjs-node-gpu'
import { tf } from '../../src/compute/tensorflow/backend'
import { createRandom } from '../../src/shared/random'

/** As the Python scripts list theirs. */
export interface ForeignModel {
  /** File, or folder with a model.json. */
  readonly name: string
  /** `[height, width, channels]` */
  readonly shape: readonly [number, number, number]
  /** Of four images; null where something is missing here. */
  readonly scores: readonly (readonly number[])[] | null
  /** Operators without a layer here, all that an import must list. */
  readonly missing: readonly string[] | null
  /** The scores are probabilities. */
  readonly softmax: boolean
}

export const FOREIGN_IMAGES = 4
const SHAPE = [24, 20, 3] as const

/** The same in foreign_models.py. @returns `[count, height, width, channels]` */
export const foreignPixels = (shape: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: FOREIGN_IMAGES * shape.reduce((a, b) => a * b, 1) }, (_, i) => (i * 7919) % 251)

interface Made {
  readonly name: string
  readonly model: LayersModel
  readonly missing?: readonly string[]
}

function sequential(): LayersModel {
  const { layers } = tf
  return tf.sequential({
    layers: [
      layers.conv2d({ inputShape: [...SHAPE], filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({
        filters: 12,
        kernelSize: [3, 5],
        strides: 2,
        padding: 'same',
        dilationRate: 1,
        activation: 'elu',
      }),
      layers.activation({ activation: 'sigmoid' }),
      layers.flatten(),
      layers.dense({ units: 5, activation: 'softmax' }),
    ],
  })
}

const apply = (layer: { apply(inputs: SymbolicTensor | SymbolicTensor[]): unknown }, ...inputs: SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as SymbolicTensor

function residual(): LayersModel {
  const { layers } = tf
  const image = tf.input({ shape: [...SHAPE] })
  const stem = apply(layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'valid', useBias: false }), image)
  const norm = apply(layers.batchNormalization({ epsilon: 1e-4 }), stem)
  const active = apply(layers.reLU({ maxValue: 6 }), norm)
  const branch = apply(layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same' }), active)
  const sum = apply(layers.add(), active, apply(layers.batchNormalization(), branch))
  const mean = apply(layers.globalAveragePooling2d({}), sum)
  return tf.model({ inputs: image, outputs: apply(layers.dense({ units: 5 }), mean) })
}

function separable(): LayersModel {
  const { layers } = tf
  const image = tf.input({ shape: [...SHAPE] })
  const deep = apply(layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: 2 }), image)
  const wide = apply(layers.separableConv2d({ filters: 8, kernelSize: 3, activation: 'relu' }), deep)
  const pooled = apply(layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }), wide)
  const both = apply(layers.concatenate(), pooled, apply(layers.activation({ activation: 'tanh' }), pooled))
  const scores = apply(layers.dense({ units: 5 }), apply(layers.flatten(), both))
  return tf.model({ inputs: image, outputs: scores })
}

function odd(): LayersModel {
  const { layers } = tf
  return tf.sequential({
    layers: [
      layers.conv2dTranspose({ inputShape: [...SHAPE], filters: 4, kernelSize: 3, strides: 2 }),
      layers.prelu({ sharedAxes: [1, 2] }),
      layers.upSampling2d({}),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 5 }),
    ],
  })
}

/** Values that show what is ignored; those of statistics stay positive. */
function shake(model: LayersModel): void {
  const random = createRandom(9)
  const shaken = model.getWeights().map((weight) => {
    const values = weight.dataSync().map((value) => value + 0.2 * random.next())
    return tf.tensor(values, weight.shape)
  })
  model.setWeights(shaken)
  tf.dispose(shaken)
}

/** Writes them into the folder, each as a folder of its own. */
export async function makeTfjsModels(folder: string): Promise<ForeignModel[]> {
  const made: Made[] = [
    { name: 'tfjs-sequential', model: sequential(), missing: ['Conv2D'] },
    { name: 'tfjs-residual', model: residual() },
    { name: 'tfjs-separable', model: separable() },
    { name: 'tfjs-odd', model: odd(), missing: ['Conv2DTranspose', 'PReLU', 'UpSampling2D'] },
  ]
  const models: ForeignModel[] = []
  for (const { name, model, missing = null } of made) {
    shake(model)
    await model.save(`file://${path.join(folder, name)}`)
    const scores = tf.tidy(() => {
      const images = tf.tensor4d(Float32Array.from(foreignPixels(SHAPE)), [FOREIGN_IMAGES, ...SHAPE])
      return (model.predict(images) as Tensor2D).arraySync()
    })
    models.push({ name, shape: SHAPE, scores: missing === null ? scores : null, missing, softmax: false })
    model.dispose()
  }
  return models
}
