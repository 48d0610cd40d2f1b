// Layers of Keras that bring pixels to what the network wants: on the image itself they are its normalisation, elsewhere a scale of the
// channels.
import { channelsOf, INPUT_ID } from '../../architecture/layer'
import { field, numberAt } from '../imported/json'
import { NoLayer } from '../imported/network-builder'
import type { KerasCall } from './keras-graph'
import { nameOf, type KerasImporter, type KerasValue } from './keras-importer'

function scaled(
  importer: KerasImporter,
  call: KerasCall,
  scale: readonly number[],
  offset: readonly number[],
): KerasValue {
  const x = importer.plain(call)
  const channels = channelsOf(x.shape)
  const fits = [scale, offset].every(({ length }) => length === 1 || length === channels)
  if (!fits || ![...scale, ...offset].every(Number.isFinite)) throw new NoLayer("its numbers are not the channels'")
  // Where something else sees the image too, it is a step of one branch.
  if (x.id === INPUT_ID && importer.readsWholeImage(call)) {
    importer.scaleImage(scale, offset)
    return x
  }
  const all = (list: readonly number[]) => (): Float32Array =>
    Float32Array.from({ length: channels }, (_, i) => list[list.length === 1 ? 0 : i] ?? 0)
  return {
    ...importer.affine(nameOf(call), x, { scale: all(scale), offset: all(offset) }),
    ...(x.isFlat === true && { isFlat: true }),
  }
}

const numbersAt = (config: unknown, name: string, fallback: number): readonly number[] => {
  const given = field(config, name)
  if (given === undefined || given === null) return [fallback]
  return Array.isArray(given) ? (given as readonly unknown[]).flat(6).map(Number) : [Number(given)]
}

/** `x * scale + offset`. */
export const rescaling = (importer: KerasImporter, call: KerasCall): KerasValue =>
  scaled(importer, call, numbersAt(call.config, 'scale', 1), numbersAt(call.config, 'offset', 0))

/** `(x - mean) / max(sqrt(variance), epsilon)`, with the numbers it was told or has seen. */
export function normalization(importer: KerasImporter, call: KerasCall): KerasValue {
  const given = (name: string, at: number): readonly number[] | undefined => {
    const told = field(call.config, name)
    if (told !== undefined && told !== null) return numbersAt(call.config, name, 0)
    const seen = importer.weights.find(call, name, at)?.values()
    return seen && [...seen]
  }
  const [mean, variance] = [given('mean', 0), given('variance', 1)]
  if (mean === undefined || variance === undefined) throw new NoLayer('it has no mean and variance')
  const isInverse = field(call.config, 'invert') === true
  const least = numberAt(call.config, 'epsilon') ?? 1e-7
  if (isInverse) throw new NoLayer('it undoes a normalisation')
  const deviation = variance.map((value) => Math.max(Math.sqrt(value), least))
  const at = (list: readonly number[], i: number): number => list[list.length === 1 ? 0 : i] ?? 0
  const length = Math.max(mean.length, deviation.length)
  const indices = Array.from({ length }, (_, i) => i)
  return scaled(
    importer,
    call,
    indices.map((i) => 1 / at(deviation, i)),
    indices.map((i) => -at(mean, i) / at(deviation, i)),
  )
}
