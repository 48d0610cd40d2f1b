// The network of ours that is being made of a Keras model: what each value stands for, and what is shared by the readers of its layers.
import { isMap } from '../../architecture/catalogue/window'
import type { MapShape } from '../../architecture/layer'
import { numberAt, textAt } from '../imported/json'
import { imagePath } from '../imported/image-path'
import { asMap, NetworkBuilder, NoLayer, type BuiltValue, type Values } from '../imported/network-builder'
import type { KerasCall, KerasGraph } from './keras-graph'
import type { KerasArray, KerasValues } from './keras-values'

export interface KerasValue extends BuiltValue {
  /** Zeros around it, `[top, left, bottom, right]`, for the window that comes next. */
  readonly pads?: readonly number[]
  /** A map of one position that Keras takes for features: flattened where somebody wants them, because it may become a map again. */
  readonly isFlat?: boolean
}

export const NO_PADS = [0, 0, 0, 0] as const

export class KerasImporter extends NetworkBuilder {
  private readonly known = new Map<string, KerasValue>()
  /** Features become a map of one position again somewhere: squeeze-and-excitation by dense layers. */
  readonly hasMapsAgain: boolean
  private readonly image: ReadonlySet<string>
  private readonly read = new Set<KerasArray>()

  constructor(
    readonly source: KerasGraph,
    readonly weights: KerasValues,
    /** First number of the version that has written it. */
    readonly kerasVersion: number,
    input: MapShape | readonly [number],
  ) {
    super(input)
    this.image = imagePath(source.inputs[0]?.value ?? '', source.calls, source.outputs)
    this.hasMapsAgain = source.calls.some(({ className, config }) => className === 'Reshape' && isOnePosition(config))
  }

  give(name: string, value: KerasValue): void {
    this.known.set(name, value)
  }
  find(name: string | undefined): KerasValue | undefined {
    return name === undefined ? undefined : this.known.get(name)
  }

  /** Whether the call is the only one that sees the image, or what became of it. */
  readsWholeImage({ inputs }: KerasCall): boolean {
    return inputs.every((name) => this.image.has(name))
  }

  /** What a call reads first, whatever is left to do with it. @throws NoLayer */
  raw(call: KerasCall, at = 0): KerasValue {
    const value = this.find(call.inputs[at])
    if (value !== undefined) return value
    throw new NoLayer('its input is no value of the network')
  }
  /** A value as it stands, map or features. @throws NoLayer */
  plain(call: KerasCall, at = 0): KerasValue {
    const value = this.raw(call, at)
    if (value.pads !== undefined) throw new NoLayer('zeros are put around the map, and no window follows')
    return value
  }
  map(call: KerasCall): KerasValue & { readonly shape: MapShape } {
    const value = this.plain(call)
    if (value.isFlat === true) throw new NoLayer('it needs a map and is given features')
    return { ...value, ...asMap(value) }
  }
  /** As features: a map that Keras takes for some is flattened now. */
  features(name: string, value: KerasValue): BuiltValue {
    return value.isFlat === true && isMap(value.shape) ? this.add(`${name}.flatten`, 'flatten', {}, [value]) : value
  }

  /** The numbers of an array of the file. */
  valuesOf(array: KerasArray | undefined): Float32Array | undefined {
    if (array === undefined) return undefined
    const found = array.values()
    if (!this.read.has(array)) this.budget.hold(found.length)
    this.read.add(array)
    return found
  }
  /** Values of a variable of the call's layer. */
  variable(call: KerasCall, role: string, at: number): Values {
    return () => this.valuesOf(this.weights.find(call, role, at))
  }
}

/** The target of a Reshape that makes a map of features: `(1, 1, channels)`. */
export function isOnePosition(config: unknown): boolean {
  const target = (config as { target_shape?: unknown }).target_shape
  return Array.isArray(target) && target.length === 3 && target[0] === 1 && target[1] === 1
}

/** @throws NoLayer for images with their channels first, which no layer here has */
export function refuseChannelsFirst({ config }: KerasCall): void {
  if (textAt(config, 'data_format') === 'channels_first') throw new NoLayer('its channels come first')
}

export const nameOf = ({ path }: KerasCall): string => path.join('.')
export const rateOf = ({ config }: KerasCall): number => Math.min(0.95, Math.max(0, numberAt(config, 'rate') ?? 0.5))
