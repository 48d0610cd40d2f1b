// The GPT as a writer: graphs drawn operation by operation and connection by connection. A grammar says at each place what may
// stand there, so that every sample is a whole member of it; what may not stand there has no probability.
import { Tape } from '../autodiff/tape'
import { INPUT, prune, type OperationGraph, type OperationNode } from '../language/graphs/operation-graph'
import { type Operation } from '../language/graphs/operation'
import type { Random } from '../random'
import { CachedWriter, type AppendedNode } from './cached-writing'
import { graphBatch } from './graph-batch'
import { OPERATIONS, OUTPUT_CLASS, UNKNOWN_QUALITY, classOf } from './operation-tokens'
import type { RelationalGpt } from './relational-gpt'

/** Which graphs may be written. */
export interface GraphGrammar {
  readonly operations: readonly Operation[]
  readonly mostNodes: number
  /** Connections, those to the output included. */
  readonly mostEdges: number
  /** Empty for a graph that may be written; otherwise one reason each. */
  problems(graph: OperationGraph): readonly string[]
}

export function graphGrammar(operations: readonly Operation[], mostNodes: number, mostEdges: number): GraphGrammar {
  const classes = new Set(operations.map(classOf))
  return {
    operations,
    mostNodes,
    mostEdges,
    problems: ({ nodes, output }) => {
      const edges = nodes.reduce((sum, { from }) => sum + from.length, output.length)
      return [
        ...(nodes.length > mostNodes ? [`${nodes.length} operations, at most ${mostNodes}`] : []),
        ...(edges > mostEdges ? [`${edges} connections, at most ${mostEdges}`] : []),
        ...(output.length === 0 ? ['nothing reaches the output'] : []),
        ...nodes.flatMap(({ operation, from }, i) => [
          ...(classes.has(classOf(operation)) ? [] : [`operation ${i} is not of the grammar`]),
          ...(from.length === 0 ? [`operation ${i} reads nothing`] : []),
        ]),
      ]
    },
  }
}

export interface SamplingOptions {
  readonly count: number
  /** 0 to 5, as the quality token. */
  readonly quality: number
  /** Above 0; 1 is as learned, less keeps nearer to the likeliest. */
  readonly temperature: number
  readonly random: Random
  /** Whether each token is worked out of the whole graph before it; left out, what earlier tokens gave is kept. */
  readonly isAnew?: boolean
}

/** Graphs that are written side by side. */
const BATCH = 128

export function sampleGraphs(gpt: RelationalGpt, grammar: GraphGrammar, options: SamplingOptions): OperationGraph[] {
  const graphs: OperationGraph[] = []
  while (graphs.length < options.count)
    graphs.push(...sampleBatch(gpt, grammar, options, Math.min(BATCH, options.count - graphs.length)))
  return graphs
}

interface Draft {
  readonly nodes: OperationNode[]
  output: readonly number[]
  edges: number
  isDone: boolean
}

/** What is written next in drafts, told by their numbers. */
interface Writer {
  /** Logits of each class. */
  classes(drafts: readonly number[]): readonly Float64Array[]
  /** Logits of the input, then of each operation, being read by what is of those classes. */
  sources(drafts: readonly number[], classes: readonly number[]): readonly Float64Array[]
  append(draft: number, node: OperationNode): void
}

function cachedWriter(gpt: RelationalGpt, grammar: GraphGrammar, qualities: readonly number[]): Writer {
  const writer = new CachedWriter(gpt, qualities, grammar.mostNodes)
  const waiting: AppendedNode[] = []
  const write = (): void => writer.append(waiting.splice(0))
  return {
    classes: (drafts) => {
      write()
      return drafts.map((draft) => writer.classes(draft))
    },
    sources: (drafts, classes) => writer.sources(drafts, classes),
    append: (graph, { operation, from }) => void waiting.push({ graph, operation, from }),
  }
}

/** Everything from its beginning at every token: what a cache must equal, and what it is measured against. */
function writerAnew(gpt: RelationalGpt, qualities: readonly number[]): Writer {
  const nodes = qualities.map((): OperationNode[] => [])
  const ask = (drafts: readonly number[], classAt: (index: number) => number): Logits[] =>
    nextLogits(
      gpt,
      drafts.map((draft) => ({ nodes: nodes[draft] ?? [], quality: qualities[draft] ?? UNKNOWN_QUALITY })),
      classAt,
    )
  return {
    // What stands in the place of the next operation is not read by the class logits of that place.
    classes: (drafts) => ask(drafts, () => OUTPUT_CLASS).map(({ classes }) => classes),
    sources: (drafts, classes) => ask(drafts, (i) => classes[i]!).map(({ sources }) => sources),
    append: (draft, node) => void nodes[draft]?.push(node),
  }
}

/** Samples are whole as they are drawn; what leads nowhere is dropped, as in every graph. */
function sampleBatch(
  gpt: RelationalGpt,
  grammar: GraphGrammar,
  options: SamplingOptions,
  count: number,
): OperationGraph[] {
  const { quality, temperature, random } = options
  const drafts = Array.from({ length: count }, (): Draft => ({ nodes: [], output: [], edges: 0, isDone: false }))
  const qualities = drafts.map(() => quality)
  const writer = options.isAnew ? writerAnew(gpt, qualities) : cachedWriter(gpt, grammar, qualities)
  for (let open = [...drafts.keys()]; open.length > 0; open = open.filter((index) => !drafts[index]!.isDone)) {
    const asked = writer.classes(open)
    const classes = open.map((index, i) => {
      const allowed = allowedClasses(grammar, drafts[index]!)
      return drawn(allowed, (each) => asked[i]![each]! / temperature, random)
    })
    // Then what it reads, given its class.
    const sources = writer.sources(open, classes)
    open.forEach((index, i) => {
      const draft = drafts[index]!
      const isOutput = classes[i] === OUTPUT_CLASS
      // A connection to the output must stay over, and one for this operation is taken anyway.
      const room = grammar.mostEdges - draft.edges - (isOutput ? 0 : 1)
      const from = drawnSources(sources[i]!, room, temperature, random)
      draft.edges += from.length
      if (isOutput) {
        draft.output = from
        draft.isDone = true
        return
      }
      const operation = grammar.operations.find((each) => classOf(each) === classes[i]) ?? OPERATIONS[classes[i]!]!
      draft.nodes.push({ operation, from })
      writer.append(index, { operation, from })
    })
  }
  return drafts.map(({ nodes, output }) => prune({ nodes, output }))
}

/** The output may follow anything; an operation where there is room for it and for two connections: its own and the output's. */
function allowedClasses({ operations, mostNodes, mostEdges }: GraphGrammar, { nodes, edges }: Draft): number[] {
  const hasRoom = nodes.length < mostNodes && edges + 2 <= mostEdges
  return [...(hasRoom ? new Set(operations.map(classOf)) : []), OUTPUT_CLASS]
}

interface Logits {
  readonly classes: Float64Array
  /** Of the input, then of each operation. */
  readonly sources: Float64Array
}

/** The logits at the place behind each draft, the class there being as given. */
function nextLogits(
  gpt: RelationalGpt,
  drafts: readonly { readonly nodes: readonly OperationNode[]; readonly quality: number }[],
  classAt: (index: number) => number,
): Logits[] {
  const tape = new Tape(false)
  const batch = graphBatch(
    drafts.map(({ nodes }) => ({ nodes, output: [] })),
    drafts.map(({ quality }) => quality),
  )
  const places = drafts.map((_, i) => batch.starts[i + 1]! - 1)
  places.forEach((place, i) => {
    batch.classes[place] = classAt(i)
  })
  const next = gpt.next(tape, gpt.hidden(tape, batch), batch)
  const rowOf = new Map([...next.written].map((token, row) => [token, row]))
  const { cols, data } = next.classes
  const sources = new Map<number, number[]>()
  next.owners.forEach((owner, i) => {
    const list = sources.get(owner) ?? []
    list.push(next.sources.data[i]!)
    sources.set(owner, list)
  })
  return places.map((place) => {
    const row = rowOf.get(place) ?? 0
    return {
      classes: data.slice(row * cols, (row + 1) * cols),
      sources: Float64Array.from(sources.get(row) ?? []),
    }
  })
}

function drawn(allowed: readonly number[], logit: (each: number) => number, random: Random): number {
  const highest = Math.max(...allowed.map(logit))
  const weights = allowed.map((each) => Math.exp(logit(each) - highest))
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [i, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return allowed[i]!
  }
  return allowed.at(-1)!
}

/** Each source by its own probability, the likeliest first while there is room; at least one. */
function drawnSources(logits: Float64Array, room: number, temperature: number, random: Random): number[] {
  const taken = [...logits.keys()].filter((i) => random.next() < 1 / (1 + Math.exp(-logits[i]! / temperature)))
  const byLogit = (a: number, b: number): number => logits[b]! - logits[a]! || a - b
  const kept = taken.sort(byLogit).slice(0, Math.max(1, room))
  if (kept.length === 0) kept.push(drawn([...logits.keys()], (i) => logits[i]! / temperature, random))
  return kept.map((i) => i + INPUT).sort((a, b) => a - b)
}
