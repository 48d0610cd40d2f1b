// Operators of ONNX that turn, cut and reshape values: the flattening before a classifier, features that become a map again, channel shuffle,
// parts of the channels.
import { isMap } from '../../architecture/catalogue/window'
import { elementCount } from '../../element-count'
import { NoLayer } from '../imported/network-builder'
import { withoutPending, type GraphImporter } from './importer'
import { given, gives, step, type Read } from './operator'
import type { OnnxNode } from './read-graph'

/** Of a flattened map: a dense layer behind more has more weights than a file can hold. */
const MOST_FEATURES = 2 ** 24

function flat(importer: GraphImporter, node: OnnxNode): void {
  const found = importer.find(node.inputs[0] ?? '')
  const isTurned = found?.pending?.step === 'channels-last'
  const x = isTurned ? withoutPending(found) : importer.plain(node.inputs[0])
  if (!isMap(x.shape) || x.isFlat === true) return gives(importer, node, x)
  if (importer.hasMapsAgain && x.shape[0] * x.shape[1] === 1) return gives(importer, node, { ...x, isFlat: true })
  if (elementCount(x.shape) > MOST_FEATURES) throw new NoLayer(`it has more than ${MOST_FEATURES} features`)
  const order = isTurned ? undefined : importer.outermost(x.shape)
  if (order !== undefined)
    importer.notes.add(
      'The file flattens maps with the channels outermost, networks here with the channels innermost: what reads them is turned.',
    )
  gives(importer, node, { ...importer.layer(node, 'flatten', {}, [x]), ...(order !== undefined && { order }) })
}

export const flatten: Read = (importer, node) => {
  if ((node.int('axis') ?? 1) !== 1) throw new NoLayer('it keeps more than the batch')
  flat(importer, node)
}

/** Squeezing both axes of a map of one position. */
export const squeeze: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  const axes = node.ints('axes') ?? given(importer, node, 1, 'list of axes')
  const wanted = axes?.map((axis) => (axis < 0 ? axis + 4 : axis)).sort((a, b) => a - b)
  if (wanted?.join() !== '2,3' || x.shape[0] * x.shape[1] !== 1)
    throw new NoLayer('it drops other axes than those of a map of one position')
  flat(importer, node)
}

export const reshape: Read = (importer, node) => {
  // Before opset 5 the shape was an attribute.
  const sizes = node.ints('shape') ?? given(importer, node, 1, 'shape')
  const found = importer.find(node.inputs[0] ?? '')
  if (sizes === undefined || found === undefined) throw new NoLayer('its shape is no constant')
  if (sizes.length === 2) {
    const [, features] = sizes
    const all = elementCount(found.shape)
    // The batch is -1 where the graph has asked a value for it, so that both may be.
    if (features !== -1 && features !== all)
      throw new NoLayer(`it gives the shape [${sizes.join(', ')}], an image has ${all} values`)
    return flat(importer, node)
  }
  if (!isMap(found.shape)) throw new NoLayer('it gives features more axes')
  const isWhole = sizes[1] === found.shape[2] || sizes[1] === -1
  if (found.isFlat === true && sizes.length === 4 && isWhole && sizes[2] === 1 && sizes[3] === 1)
    return gives(importer, node, { id: found.id, shape: found.shape })
  const [height, width, channels] = found.shape
  const groups = sizes[1]!
  const isGrouping =
    sizes[2] === channels / groups && sizes.slice(3).reduce((area, side) => area * side, 1) === height * width
  if (found.pending === undefined && groups > 1 && isGrouping)
    return step(importer, node, found, { step: 'grouped', groups })
  if (found.pending?.step === 'shuffled' && sizes.slice(1).join() === [channels, height, width].join()) {
    const x = withoutPending(found)
    return gives(importer, node, importer.layer(node, 'channel-shuffle', { groups: found.pending.groups }, [x]))
  }
  throw new NoLayer(`it gives the shape [${sizes.join(', ')}]`)
}

/** Features of one position as a map again. */
export const unsqueeze: Read = (importer, node) => {
  const found = importer.find(node.inputs[0] ?? '')
  const axes = node.ints('axes') ?? given(importer, node, 1, 'list of axes') ?? []
  const from = found?.isFlat === true ? 2 : 4
  const isAll =
    [...axes]
      .map((axis) => (axis < 0 ? axis + 2 + axes.length : axis))
      .sort((a, b) => a - b)
      .join() === '2,3'
  if (found === undefined || from !== 2 || !isAll)
    throw new NoLayer('it gives more axes to what is no map of one position')
  gives(importer, node, { id: found.id, shape: found.shape })
}

export const transpose: Read = (importer, node) => {
  const found = importer.find(node.inputs[0] ?? '')
  const perm = node.ints('perm')?.join() ?? ''
  if (found?.pending?.step === 'grouped' && (perm === '0,2,1,3' || perm === '0,2,1,3,4'))
    return step(importer, node, found, { step: 'shuffled', groups: found.pending.groups })
  if (found !== undefined && isMap(found.shape)) {
    if (perm === '0,2,3,1' && found.pending === undefined) return step(importer, node, found, { step: 'channels-last' })
    if (perm === '0,3,1,2' && found.pending?.step === 'channels-last')
      return gives(importer, node, withoutPending(found))
  }
  throw new NoLayer(`it turns the axes by [${perm}]`)
}

export const split: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  const axis = node.int('axis') ?? 0
  const sizes = node.ints('split') ?? given(importer, node, 1, 'list of sizes')
  const parts = node.outputs.length
  if (axis !== 1 && axis !== -3) throw new NoLayer(`it cuts axis ${axis}, the layer the channels`)
  if (sizes?.some((size) => size !== x.shape[2] / parts) === true) throw new NoLayer('its parts are not equal')
  node.outputs.forEach((output, part) => {
    if (output !== '') importer.give(output, importer.layer(node, 'split', { parts, part }, [x]))
  })
}

export const slice: Read = (importer, node) => {
  const x = importer.map(node.inputs[0])
  // Before opset 10 they were attributes.
  const [starts, ends, axes, steps] = (['starts', 'ends', 'axes', 'steps'] as const).map(
    (name, i) => node.ints(name) ?? given(importer, node, i + 1, `list of ${name}`),
  )
  const channels = x.shape[2]
  const start = starts?.[0] ?? -1
  const size = Math.min(ends?.[0] ?? 0, channels) - start
  const isChannels = starts?.length === 1 && (axes?.[0] ?? 0) === 1 && (steps?.[0] ?? 1) === 1
  if (!isChannels || size <= 0 || channels % size !== 0 || start % size !== 0)
    throw new NoLayer('it takes no equal part of the channels')
  gives(importer, node, importer.layer(node, 'split', { parts: channels / size, part: start / size }, [x]))
}
