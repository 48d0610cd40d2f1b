// Preset `workbench`: a decoder-only transformer (Radford et al. 2018, norms in front) that reads a graph of operations in any
// topological order. It has no positions: attention is biased by what the earlier token is to the later one. 27,292 weights.
import { attention } from '../autodiff/attention'
import { add, affine, beside, dotsOf, gelu, layerNorm, meanOfRows, rowsOf } from '../autodiff/operations'
import { Parameters, linear, norm, type ParameterSpec } from '../autodiff/parameters'
import { Value, type Tape } from '../autodiff/tape'
import type { Random } from '../random'
import { LEADING, RELATION_COUNT, RELATIONS, type GraphBatch } from './graph-batch'
import { CLASSES, TOKEN_FEATURES } from './operation-tokens'

export interface GptShape {
  readonly width: number
  readonly blocks: number
  readonly heads: number
  /** Width of the feed-forward layer. */
  readonly inner: number
}

/** The sizes of the prototype: larger ones were not better on held-out cells, and this one scores a pool in a second. */
export const WORKBENCH_SHAPE: GptShape = { width: 32, blocks: 2, heads: 4, inner: 96 }

/** What the value heads say of a graph, in this order. */
export const VALUES = ['quality', 'capacity', 'depth'] as const

function specsOf({ width, blocks, heads, inner }: GptShape): ParameterSpec[] {
  const block = (name: string): ParameterSpec[] => [
    ...norm(`${name}.attentionNorm`, width),
    ...linear(`${name}.queries`, width, width),
    ...linear(`${name}.keys`, width, width),
    ...linear(`${name}.values`, width, width),
    ...linear(`${name}.joined`, width, width),
    { name: `${name}.relations`, rows: RELATION_COUNT, cols: heads, begin: 'zeros', inputs: 1 },
    ...norm(`${name}.innerNorm`, width),
    ...linear(`${name}.inner`, width, inner),
    ...linear(`${name}.outer`, inner, width),
  ]
  return [
    ...linear('tokens', TOKEN_FEATURES, width),
    ...Array.from({ length: blocks }, (_, i) => block(`block${i}`)).flat(),
    ...norm('lastNorm', width),
    ...linear('class', width, CLASSES),
    ...linear('reader', width + CLASSES, width),
    ...linear('read', width, width),
    ...linear('valueInner', 2 * width, width),
    ...linear('values', width, VALUES.length),
  ]
}

/** Logits of what the language heads write next. */
export interface NextLogits {
  /** A row for each token that is written: its class. */
  readonly classes: Value
  /** The tokens that are written, by number. */
  readonly written: Int32Array
  /** A row for each pair of a token that is written and an earlier one it may read. */
  readonly sources: Value
  /** 1 where it reads it. */
  readonly answers: Uint8Array
  /** Of each pair, the place in `written`. */
  readonly owners: Int32Array
}

export class RelationalGpt {
  private constructor(
    readonly parameters: Parameters,
    readonly shape: GptShape,
  ) {}

  static draw(random: Random, shape: GptShape = WORKBENCH_SHAPE): RelationalGpt {
    return new RelationalGpt(Parameters.draw(specsOf(shape), random), shape)
  }

  /** @throws AppError `invalid-input` as `Parameters.read` */
  static read(weights: Float32Array, shape: GptShape = WORKBENCH_SHAPE): RelationalGpt {
    return new RelationalGpt(Parameters.read(specsOf(shape), weights), shape)
  }

  /** A row of `width` numbers for each token, made of it and of the earlier ones of its graph alone. */
  hidden(tape: Tape, batch: GraphBatch): Value {
    const weight = (name: string): Value => this.parameters.get(name)
    const through = (name: string, x: Value): Value => affine(tape, x, weight(`${name}.weight`), weight(`${name}.bias`))
    const normed = (name: string, x: Value): Value =>
      layerNorm(tape, x, weight(`${name}.gain`), weight(`${name}.shift`))
    const { blocks, heads } = this.shape
    let x = through('tokens', Value.constant(batch.classes.length, TOKEN_FEATURES, batch.features))
    for (let i = 0; i < blocks; i++) {
      const name = `block${i}`
      const read = normed(`${name}.attentionNorm`, x)
      const inputs = {
        queries: through(`${name}.queries`, read),
        keys: through(`${name}.keys`, read),
        values: through(`${name}.values`, read),
        bias: rowsOf(tape, weight(`${name}.relations`), batch.relations),
        biasColumn: 0,
      }
      x = add(tape, x, through(`${name}.joined`, attention(tape, inputs, batch.pairs, heads)))
      const inner = gelu(tape, through(`${name}.inner`, normed(`${name}.innerNorm`, x)))
      x = add(tape, x, through(`${name}.outer`, inner))
    }
    return normed('lastNorm', x)
  }

  /** A row for each graph, a column for each of `VALUES`. */
  values(tape: Tape, hidden: Value, { starts }: GraphBatch): Value {
    const count = starts.length - 1
    const outputs = Array.from({ length: count }, (_, i) => starts[i + 1]! - 1)
    const inputs = Array.from({ length: count }, (_, i) => starts[i]! + 1)
    const read = beside(tape, rowsOf(tape, hidden, outputs), meanOfRows(tape, hidden, inputs, outputs))
    const weight = (name: string): Value => this.parameters.get(name)
    const inner = gelu(tape, affine(tape, read, weight('valueInner.weight'), weight('valueInner.bias')))
    return affine(tape, inner, weight('values.weight'), weight('values.bias'))
  }

  /** What is written at each operation and output: the class from all before it, then what it reads, given its class. */
  next(tape: Tape, hidden: Value, batch: GraphBatch): NextLogits {
    const { starts, pairs, relations, classes } = batch
    const places: number[] = []
    const answers: number[] = []
    const owners: number[] = []
    const sources: number[] = []
    for (let graph = 0; graph + 1 < starts.length; graph++)
      for (let token = starts[graph]! + LEADING; token < starts[graph + 1]!; token++) {
        for (let source = starts[graph]! + 1; source < token; source++) {
          const relation = relations[pairs.starts[token]! + source - starts[graph]!]
          answers.push(Number(relation === RELATIONS.predecessor))
          owners.push(places.length)
          sources.push(source)
        }
        places.push(token)
      }
    const written = Int32Array.from(places)
    const weight = (name: string): Value => this.parameters.get(name)
    const before = rowsOf(
      tape,
      hidden,
      written.map((token) => token - 1),
    )
    const chosen = new Value(written.length, CLASSES)
    written.forEach((token, i) => {
      chosen.data[i * CLASSES + classes[token]!] = 1
    })
    const reader = affine(tape, beside(tape, before, chosen), weight('reader.weight'), weight('reader.bias'))
    const read = affine(tape, hidden, weight('read.weight'), weight('read.bias'))
    return {
      classes: affine(tape, before, weight('class.weight'), weight('class.bias')),
      written,
      sources: dotsOf(tape, reader, read, owners, sources, 1 / Math.sqrt(this.shape.width)),
      answers: Uint8Array.from(answers),
      owners: Int32Array.from(owners),
    }
  }
}
