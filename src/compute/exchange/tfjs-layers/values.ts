// The values of an exported layers model, layer by layer, on one image.
import type * as PlainTensorFlow from '@tensorflow/tfjs'
import type { ValuesJob } from '../format'
import { loadModel } from './predict'
import { layerName } from './topology'

/** Nodes whose layer is known by its name: two that would have the same are left out. */
function layerNames(nodes: readonly string[]): ReadonlyMap<string, string> {
  const wanted = nodes.map(layerName)
  return new Map(
    nodes.flatMap((node, i): [string, string][] => {
      const name = wanted[i]!
      return wanted.indexOf(name) === wanted.lastIndexOf(name) ? [[node, name]] : []
    }),
  )
}

/** @returns values by node, as ours; nodes that are no layer of their own are left out */
export async function tfjsLayersValues(
  tf: typeof PlainTensorFlow,
  { folder, pixels, shape, nodes }: ValuesJob,
): Promise<ReadonlyMap<string, Float32Array>> {
  await tf.setBackend('cpu')
  const loaded = await loadModel(tf, folder)
  try {
    const layers = new Map(loaded.layers.map((layer) => [layer.name, layer]))
    const wanted = [...layerNames(nodes)].flatMap(([node, name]) => {
      const output = layers.get(name)?.output
      return output === undefined || Array.isArray(output) ? [] : [{ node, output }]
    })
    const model = tf.model({ inputs: loaded.inputs, outputs: wanted.map(({ output }) => output) })
    const image = tf.tensor4d(Float32Array.from(pixels), [1, ...shape])
    const found = model.predict(image)
    const tensors = Array.isArray(found) ? found : [found]
    const values = tensors.map((value) => Float32Array.from(value.dataSync()))
    tf.dispose([image, ...tensors])
    return new Map(wanted.map(({ node }, i) => [node, values[i]!]))
  } finally {
    loaded.dispose()
  }
}
