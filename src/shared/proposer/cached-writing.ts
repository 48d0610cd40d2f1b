// Graphs written side by side, token by token: keys, values and what may be read of every token are kept, so that a token costs its own
// row alone (Pope et al. 2022 call it a key-value cache). Says what relational-gpt.ts says of the whole graph, to the last digits.
import { add, affine, beside, gelu, layerNorm } from '../autodiff/operations'
import { Tape, Value } from '../autodiff/tape'
import type { Operation } from '../language/graphs/operation'
import { LEADING, RELATIONS } from './graph-batch'
import { CLASSES, OUTPUT_CLASS, TOKEN_FEATURES, qualityAt, writeToken } from './operation-tokens'
import type { RelationalGpt } from './relational-gpt'

/** What is appended to one of the graphs. */
export interface AppendedNode {
  readonly graph: number
  readonly operation: Operation
  /** Earlier nodes by number, -1 for the input. */
  readonly from: readonly number[]
}

interface Kept {
  tokens: number
  /** Of every block: a row a token. */
  readonly keys: readonly Float64Array[]
  readonly values: readonly Float64Array[]
  /** What the head that chooses connections reads of each token. */
  readonly readable: Float64Array
  /** Of each token, those it is made of. */
  readonly ancestors: Set<number>[]
  /** Of the last token. */
  hidden: Float64Array
  classes: Float64Array
}

interface Row {
  readonly kept: Kept
  /** Of the token to each earlier one and to itself. */
  readonly relations: Uint8Array
}

export class CachedWriter {
  private readonly tape = Tape.reused()
  private readonly graphs: readonly Kept[]

  /** @param qualities of each graph, 0 to 5 @param mostNodes that any of them will have */
  constructor(
    private readonly gpt: RelationalGpt,
    qualities: readonly number[],
    mostNodes: number,
  ) {
    const { width, blocks } = gpt.shape
    const room = (mostNodes + LEADING) * width
    const rows = (): Float64Array[] => Array.from({ length: blocks }, () => new Float64Array(room))
    this.graphs = qualities.map(() => ({
      ...{ tokens: 0, keys: rows(), values: rows(), readable: new Float64Array(room), ancestors: [] },
      ...{ hidden: new Float64Array(width), classes: new Float64Array(CLASSES) },
    }))
    const both = this.graphs.map((kept) => kept)
    const quality = new Float64Array(both.length * TOKEN_FEATURES)
    const input = new Float64Array(both.length * TOKEN_FEATURES)
    qualities.forEach((each, i) => {
      writeToken(quality, i * TOKEN_FEATURES, 'quality')
      quality[qualityAt(i * TOKEN_FEATURES, each)] = 1
      writeToken(input, i * TOKEN_FEATURES, 'input')
    })
    for (const features of [quality, input])
      this.step(
        features,
        both.map((kept) => rowOf(kept, [])),
      )
  }

  /** Writes one more node of each graph that is named; none is named twice. */
  append(nodes: readonly AppendedNode[]): void {
    if (nodes.length === 0) return
    const features = new Float64Array(nodes.length * TOKEN_FEATURES)
    const rows = nodes.map(({ graph, operation, from }, i) => {
      writeToken(features, i * TOKEN_FEATURES, operation.kind, operation)
      return rowOf(
        this.graphs[graph]!,
        from.map((source) => source + LEADING),
      )
    })
    this.step(features, rows)
  }

  /** Logits of what is written next in a graph, by class; valid until it is appended to. */
  classes(graph: number): Float64Array {
    return this.graphs[graph]!.classes
  }

  /** Logits of the input and of each node so far being read by what is written next. @param classes of what that is, for each graph */
  sources(graphs: readonly number[], classes: readonly number[]): Float64Array[] {
    const { width } = this.gpt.shape
    this.tape.restart()
    const hidden = this.tape.value(graphs.length, width)
    const chosen = this.tape.value(graphs.length, CLASSES)
    graphs.forEach((graph, i) => {
      hidden.data.set(this.graphs[graph]!.hidden, i * width)
      chosen.data[i * CLASSES + (classes[i] ?? OUTPUT_CLASS)] = 1
    })
    const reader = this.through('reader', beside(this.tape, hidden, chosen))
    const scale = 1 / Math.sqrt(width)
    return graphs.map((graph, i) => {
      const { tokens, readable } = this.graphs[graph]!
      // Everything but the quality token.
      return Float64Array.from({ length: tokens - 1 }, (_, source) => {
        let sum = 0
        for (let col = 0, at = (source + 1) * width; col < width; col++, at++)
          sum += reader.data[i * width + col]! * readable[at]!
        return sum * scale
      })
    })
  }

  private step(features: Float64Array, rows: readonly Row[]): void {
    const { tape, gpt } = this
    const { width, blocks } = gpt.shape
    tape.restart()
    let x = this.through('tokens', Value.constant(rows.length, TOKEN_FEATURES, features))
    for (let block = 0; block < blocks; block++) {
      const name = `block${block}`
      const read = this.normed(`${name}.attentionNorm`, x)
      const queries = this.through(`${name}.queries`, read)
      keepRows(this.through(`${name}.keys`, read), rows, (kept) => kept.keys[block]!)
      keepRows(this.through(`${name}.values`, read), rows, (kept) => kept.values[block]!)
      x = add(tape, x, this.through(`${name}.joined`, this.attended(queries, rows, block)))
      const inner = gelu(tape, this.through(`${name}.inner`, this.normed(`${name}.innerNorm`, x)))
      x = add(tape, x, this.through(`${name}.outer`, inner))
    }
    const last = this.normed('lastNorm', x)
    keepRows(this.through('read', last), rows, ({ readable }) => readable)
    const classes = this.through('class', last)
    rows.forEach(({ kept }, i) => {
      kept.hidden.set(last.data.subarray(i * width, (i + 1) * width))
      kept.classes.set(classes.data.subarray(i * CLASSES, (i + 1) * CLASSES))
      kept.tokens++
    })
  }

  private attended(queries: Value, rows: readonly Row[], block: number): Value {
    const { width, heads } = this.gpt.shape
    const { data: bias } = this.gpt.parameters.get(`block${block}.relations`)
    const size = width / heads
    const scale = 1 / Math.sqrt(size)
    const result = this.tape.value(rows.length, width)
    const shares = this.tape.numbers(Math.max(...rows.map(({ kept }) => kept.tokens + 1)))
    rows.forEach(({ kept, relations }, row) => {
      const keys = kept.keys[block]!
      const values = kept.values[block]!
      for (let head = 0; head < heads; head++) {
        const at = row * width + head * size
        let highest = -Infinity
        for (let token = 0; token <= kept.tokens; token++) {
          let score = 0
          for (let i = 0, key = token * width + head * size; i < size; i++, key++)
            score += queries.data[at + i]! * keys[key]!
          score = score * scale + bias[relations[token]! * heads + head]!
          shares[token] = score
          if (score > highest) highest = score
        }
        let total = 0
        for (let token = 0; token <= kept.tokens; token++) total += shares[token] = Math.exp(shares[token]! - highest)
        for (let token = 0; token <= kept.tokens; token++) {
          const share = shares[token]! / total
          for (let i = 0, value = token * width + head * size; i < size; i++, value++)
            result.data[at + i]! += share * values[value]!
        }
      }
    })
    return result
  }

  private through(name: string, x: Value): Value {
    return affine(this.tape, x, this.gpt.parameters.get(`${name}.weight`), this.gpt.parameters.get(`${name}.bias`))
  }

  private normed(name: string, x: Value): Value {
    return layerNorm(this.tape, x, this.gpt.parameters.get(`${name}.gain`), this.gpt.parameters.get(`${name}.shift`))
  }
}

/** The relations of the next token of a graph, which from then on is one of its tokens. @param before tokens that it reads */
function rowOf(kept: Kept, before: readonly number[]): Row {
  const place = kept.tokens
  const relations = new Uint8Array(place + 1).fill(RELATIONS.none)
  const reached = new Set(before)
  for (const earlier of before) for (const further of kept.ancestors[earlier] ?? []) reached.add(further)
  kept.ancestors.push(reached)
  for (const earlier of reached) relations[earlier] = RELATIONS.ancestor
  for (const earlier of before) relations[earlier] = RELATIONS.predecessor
  relations[place] = RELATIONS.self
  relations[0] = RELATIONS.quality
  return { kept, relations }
}

/** Rows of new tokens behind those of the earlier ones. */
function keepRows(from: Value, rows: readonly Row[], into: (kept: Kept) => Float64Array): void {
  rows.forEach(({ kept }, i) => {
    into(kept).set(from.data.subarray(i * from.cols, (i + 1) * from.cols), kept.tokens * from.cols)
  })
}
