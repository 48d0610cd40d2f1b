// The tolerant walk behind expand.ts and checks/: follows a document from its input in topological order, spells blocks
// out, infers shapes, and collects every problem with its node instead of stopping; what depends on a bad node is skipped.
import { required } from '../required'
import type { BlockDefinition, BlockLibrary } from './block'
import { blockExpansion } from './block-expansions'
import { catalogue } from './catalogue'
import type { ResolvedParameters } from './document/bindings'
import { resolveParameters, scopeOf } from './document/bindings'
import type { DocumentGraph } from './document/graph'
import { graphOf } from './document/graph'
import type { ArchitectureDocument, BlockRecord, EdgeRecord, LayerRecord } from './document/records'
import { INPUT_NODE_ID, OUTPUT_NODE_ID } from './document/records'
import { isUserBlock } from './document/user-block'
import type { Elaboration, ElaborationOptions, ElaborationProblem, ElaborationProblemCode } from './elaboration'
import { MAX_BLOCK_DEPTH, MAX_GUESSES, MAX_ID_LETTERS, MAX_LAYERS, MAX_PROBLEMS, MAX_READS } from './elaboration'
import type { LayerDefinition, LayerNode, ParameterValues, TensorShape } from './layer'
import { INPUT_ID, inputShapes } from './layer'
import { nearMisses } from './near-misses'
import { quoted } from '../quoted'
import { recallNode, rememberNode, type Value } from './remembered-nodes'

/** One document being spelled out, and what names mean in it. */
interface Scope {
  readonly graph: DocumentGraph
  /** What bindings refer to. */
  readonly values: ParameterValues
  /** Where block names are looked up before the library. */
  readonly definitions: DocumentGraph['definitions']
  /** Put before every layer id. */
  readonly prefix: string
  /** Names of the user's blocks being spelled out, outermost first. */
  readonly stack: readonly string[]
  readonly results: Map<string, Value>
  /** Node of the outermost document that this scope belongs to; undefined in the outermost one. */
  readonly root: string | undefined
}

/** Where a block is spelled out. */
interface BlockSite {
  readonly scope: Scope
  readonly record: BlockRecord
  /** Complete parameters of the block. */
  readonly values: ParameterValues
  readonly input: Value
  /** Put before the block's layer ids. */
  readonly prefix: string
  /** Node of the outermost document that the layers belong to. */
  readonly root: string
}

type Report = Omit<ElaborationProblem, 'nodeId'>

/** Never throws for what a document or a block can get wrong; a bug inside a definition does throw. */
export function elaborate(
  document: ArchitectureDocument,
  library: BlockLibrary,
  options: ElaborationOptions = {},
): Elaboration {
  return new Walk(library).run(document, options)
}

class Walk {
  readonly #library: BlockLibrary
  readonly #problems: ElaborationProblem[] = []
  readonly #nodeOf = new Map<string, string>()
  readonly #shapes = new Map<string, TensorShape>()
  readonly #parameters = new Map<string, ParameterValues>()
  #layers: LayerNode[] = []
  /** Nodes looked at; together with the layers made they bound the work, whatever is nested in what. */
  #visits = 0
  #reads = 0
  #idLetters = 0
  #isOver = false

  constructor(library: BlockLibrary) {
    this.#library = library
  }

  run(document: ArchitectureDocument, options: ElaborationOptions): Elaboration {
    const graph = graphOf(document)
    const { meta, definitions } = graph
    const input = options.input ?? meta.input
    const results = new Map<string, Value>()
    this.#shapes.set(INPUT_ID, input)
    const stack = meta.kind === 'block' ? [meta.name] : []
    const scope: Scope = {
      graph,
      values: this.#rootValues(graph, options.parameters),
      definitions,
      prefix: '',
      stack,
      results,
      root: undefined,
    }
    const output = this.#document(scope, { id: INPUT_ID, shape: input })
    const layers = this.#layers
    if (options.withDeadParts) {
      this.#layers = []
      for (const id of graph.order) if (!graph.live.has(id)) this.#node(scope, id)
    }
    const nodeShapes = new Map<string, TensorShape>()
    for (const [id, value] of results) nodeShapes.set(id, value.shape)
    return {
      input,
      layers,
      output: this.#problems.length > 0 ? undefined : output?.id,
      nodeOf: this.#nodeOf,
      shapes: this.#shapes,
      nodeShapes,
      parameters: this.#parameters,
      problems: this.#problems,
      work: { visits: this.#visits + this.#shapes.size, reads: this.#reads, idLetters: this.#idLetters },
    }
  }

  #rootValues({ meta }: DocumentGraph, given: ParameterValues | undefined): ParameterValues {
    if (!given || meta.kind === 'network') return scopeOf(meta)
    const { values, problems, faulty } = resolveParameters(meta.parameters, given, {})
    problems.forEach((message, i) => this.#problems.push({ code: 'parameter-range', parameter: faulty[i]!, message }))
    return values
  }

  /** Everything that leads to the output; undefined when the output has no value. */
  #document(scope: Scope, entry: Value): Value | undefined {
    const { graph, results } = scope
    if (graph.cyclic.length > 0) {
      const names = graph.cyclic.slice(0, 4).join(', ')
      this.#report(scope, graph.cyclic[0]!, { code: 'cycle', message: `values go round in a circle through ${names}` })
    }
    if (graph.nodes.has(INPUT_NODE_ID)) results.set(INPUT_NODE_ID, entry)
    for (const id of graph.order) {
      if (graph.live.has(id)) this.#node(scope, id)
      if (scope.root !== undefined && this.#problems.at(-1)?.nodeId === scope.root) return undefined
    }
    return results.get(OUTPUT_NODE_ID)
  }

  /** Which limit of the work is passed, in words. */
  #excess(): string | undefined {
    if (this.#visits + this.#shapes.size > MAX_LAYERS)
      return `the architecture has more than ${MAX_LAYERS} layers once its blocks are spelled out`
    if (this.#reads > MAX_READS) return `its layers read more than ${MAX_READS} values once its blocks are spelled out`
    return this.#idLetters > MAX_ID_LETTERS
      ? `the ids of its layers have more than ${MAX_ID_LETTERS} letters once its blocks are spelled out: nest fewer blocks, or give their nodes shorter ids`
      : undefined
  }

  /** Stores the node's value in the scope's results unless something is wrong with it or with what feeds it. */
  #node(scope: Scope, id: string): void {
    if (id === INPUT_NODE_ID) return
    if (this.#isOver) return
    const record = required(scope.graph.nodes, id, 'node')
    const incoming = scope.graph.incoming(id)
    this.#visits++
    this.#reads += incoming.length
    const message = this.#excess()
    if (message !== undefined) {
      this.#isOver = true
      this.#report(scope, id, { code: 'too-large', message })
      return
    }
    const inputs: Value[] = []
    for (const edge of incoming) {
      const value = scope.results.get(edge.from)
      if (value) inputs.push(value)
    }
    const isFed = inputs.length === incoming.length
    let value: Value | undefined
    if (scope.root === undefined && isFed && (record.type === 'layer' || record.type === 'block')) {
      value = this.#recall(scope, record, inputs)
      if (value) {
        scope.results.set(id, value)
        return
      }
    }
    const [layersBefore, problemsBefore] = [this.#layers.length, this.#problems.length]
    if (record.type === 'output') value = this.#output(scope, incoming, inputs)
    else if (record.type === 'layer') value = this.#layer(scope, record, incoming, isFed ? inputs : undefined)
    else if (record.type === 'block') value = this.#block(scope, record, incoming, isFed ? inputs[0] : undefined)
    if (!value) return
    scope.results.set(id, value)
    if (scope.root === undefined && (record.type === 'layer' || record.type === 'block') && inputs.length > 0)
      if (problemsBefore === this.#problems.length) this.#remember(scope, record, inputs, value, layersBefore)
  }

  /** The value a record had the last time, its layers made again, if the same values come in. */
  #recall(scope: Scope, record: LayerRecord | BlockRecord, inputs: readonly Value[]): Value | undefined {
    const known = recallNode(record, inputs, record.type === 'block' ? this.#codeBlockOf(scope, record) : undefined)
    if (!known) return undefined
    this.#parameters.set(record.id, known.parameters)
    for (let i = 0; i < known.layers.length; i++) this.#emit(known.layers[i]!, known.shapes[i]!, record.id)
    return known.value
  }

  #remember(
    scope: Scope,
    record: LayerRecord | BlockRecord,
    inputs: readonly Value[],
    value: Value,
    layersBefore: number,
  ): void {
    const block = record.type === 'block' ? this.#codeBlockOf(scope, record) : undefined
    // The user's blocks may hold blocks of the library, whose identity is not seen from here.
    if (record.type === 'block' && block === undefined) return
    const layers = this.#layers.slice(layersBefore)
    const shapes = layers.map((layer) => required(this.#shapes, layer.id, 'shape'))
    rememberNode(record, {
      inputs,
      block,
      parameters: required(this.#parameters, record.id, 'parameters'),
      layers,
      shapes,
      value,
    })
  }

  /** The definition in code that a block node stands for; undefined for unknown blocks and the user's. */
  #codeBlockOf(scope: Scope, record: BlockRecord): BlockDefinition | undefined {
    if (scope.definitions.has(record.block)) return undefined
    const found = this.#library.get(record.block)
    return found && isUserBlock(found) ? undefined : found
  }

  #output(scope: Scope, incoming: readonly EdgeRecord[], inputs: readonly Value[]): Value | undefined {
    if (incoming.length === 1) return inputs[0]
    this.#report(
      scope,
      OUTPUT_NODE_ID,
      incoming.length === 0
        ? { code: 'no-output', message: 'nothing is connected to the output' }
        : { code: 'several-outputs', message: `${incoming.length} nodes are connected to the output, expected one` },
    )
    return undefined
  }

  #layer(
    scope: Scope,
    record: LayerRecord,
    incoming: readonly EdgeRecord[],
    inputs: readonly Value[] | undefined,
  ): Value | undefined {
    const definition = catalogue.get(record.kind)
    if (!definition) {
      const message = `there is no layer kind ${quoted(record.kind)}${this.#guess(record.kind, catalogue.keys())}`
      return this.#report(scope, record.id, { code: 'unknown-kind', message })
    }
    const resolved = resolveParameters(definition.parameters, record.parameters, scope.values)
    if (scope.root === undefined) this.#parameters.set(record.id, resolved.values)
    this.#reportParameters(scope, record.id, resolved)
    const { min, max } = definition.inputs
    if (incoming.length < min || incoming.length > max) {
      // A node that leads nowhere is reported as such; what it still lacks is noise beside that.
      if (!scope.graph.live.has(record.id)) return undefined
      const expected = min === max ? `${min}` : `${min} to ${max}`
      const message = `${definition.title.toLowerCase()} takes ${expected} ${max === 1 ? 'input' : 'inputs'}, it has ${incoming.length}`
      return this.#report(scope, record.id, { code: 'input-count', message })
    }
    if (!inputs || resolved.problems.length > 0) return undefined
    const shapes = inputShapes(inputs.map((value) => value.shape))
    const result = definition.shape(resolved.values, shapes)
    if (!result.ok) {
      const code = shapeCode(definition, resolved.values, shapes)
      return this.#report(scope, record.id, { code, message: result.reason, inputs: shapes })
    }
    const id = scope.prefix + record.id
    const node = { id, kind: record.kind, parameters: resolved.values, inputs: inputs.map((value) => value.id) }
    return this.#emit(node, result.shape, scope.root ?? record.id)
  }

  #block(
    scope: Scope,
    record: BlockRecord,
    incoming: readonly EdgeRecord[],
    input: Value | undefined,
  ): Value | undefined {
    const embedded = scope.definitions.get(record.block)
    const found = embedded ? undefined : this.#library.get(record.block)
    const document = embedded?.document ?? (found && isUserBlock(found) ? found.document : undefined)
    if (!document && !found) {
      const names = [...scope.definitions.keys(), ...this.#library.keys()]
      const message = `there is no block "${record.block}"${this.#guess(record.block, names)}`
      return this.#report(scope, record.id, { code: 'unknown-block', message })
    }
    if (scope.stack.includes(record.block)) {
      const message = `block "${record.block}" contains itself: ${[...scope.stack, record.block].join(' > ')}`
      return this.#report(scope, record.id, { code: 'block-cycle', message })
    }
    if (document && scope.stack.length >= MAX_BLOCK_DEPTH) {
      const outer = scope.stack.slice(0, 3).join(' > ')
      const message = `blocks are nested more than ${MAX_BLOCK_DEPTH} deep: ${outer} > … > ${record.block}`
      return this.#report(scope, record.id, { code: 'too-large', message })
    }
    const inner = document ? graphOf(document) : undefined
    const specs = inner ? (inner.meta.kind === 'block' ? inner.meta.parameters : {}) : found!.parameters
    const resolved = resolveParameters(specs, record.parameters, scope.values)
    if (scope.root === undefined) this.#parameters.set(record.id, resolved.values)
    this.#reportParameters(scope, record.id, resolved)
    if (incoming.length !== 1) {
      if (!scope.graph.live.has(record.id)) return undefined
      return this.#report(scope, record.id, {
        code: 'input-count',
        message: `a block takes one input, it has ${incoming.length}`,
      })
    }
    if (!input || resolved.problems.length > 0) return undefined
    const prefix = `${scope.prefix}${record.id}/`
    const root = scope.root ?? record.id
    if (!inner) return this.#codeBlock({ scope, record, values: resolved.values, input, prefix, root }, found!)
    const definitions = embedded ? scope.definitions : inner.definitions
    const stack = [...scope.stack, record.block]
    return this.#document(
      { graph: inner, values: resolved.values, definitions, prefix, stack, results: new Map(), root },
      input,
    )
  }

  #codeBlock({ scope, record, values, input, prefix, root }: BlockSite, block: BlockDefinition): Value | undefined {
    const expansion = blockExpansion(block, values, input.shape)
    if ('reason' in expansion)
      return this.#report(scope, record.id, {
        code: 'block-failed',
        message: expansion.reason,
        inputs: [input.shape],
      })
    const outer = (id: string): string => (id === INPUT_ID ? input.id : prefix + id)
    expansion.nodes.forEach(({ id, kind, parameters, inputs }, i) =>
      this.#emit({ id: prefix + id, kind, parameters, inputs: inputs.map(outer) }, expansion.shapes[i]!, root),
    )
    // A block may hand its input on.
    if (expansion.output === INPUT_ID) return input
    return { id: prefix + expansion.output, shape: required(this.#shapes, prefix + expansion.output, 'shape') }
  }

  #emit(layer: LayerNode, shape: TensorShape, root: string): Value {
    this.#layers.push(layer)
    this.#idLetters += layer.id.length
    this.#shapes.set(layer.id, shape)
    this.#nodeOf.set(layer.id, root)
    return { id: layer.id, shape }
  }

  /** Names that may have been meant, for the first problems only. */
  #guess(name: string, known: Iterable<string>): string {
    return this.#problems.length < MAX_GUESSES ? didYouMean(nearMisses(name, known)) : ''
  }

  #reportParameters(scope: Scope, nodeId: string, { problems, faulty }: ResolvedParameters): void {
    problems.forEach((message, i) =>
      this.#report(scope, nodeId, { code: 'parameter-range', parameter: faulty[i]!, message }),
    )
  }

  #report(scope: Scope, nodeId: string, report: Report): undefined {
    // What comes behind is told once some of these are mended.
    if (this.#problems.length >= MAX_PROBLEMS) this.#isOver = true
    else if (scope.root === undefined) this.#problems.push({ ...report, nodeId })
    else {
      const message = `inside block "${scope.stack.at(-1)}", node "${nodeId}": ${report.message}`
      const code = report.code === 'block-cycle' || report.code === 'too-large' ? report.code : 'block-failed'
      this.#problems.push({ code, nodeId: scope.root, message })
    }
  }
}

/** Which kind of shape problem it is; decides the repair that checks/ offers. */
function shapeCode(
  definition: LayerDefinition,
  parameters: ParameterValues,
  inputs: readonly TensorShape[],
): ElaborationProblemCode {
  const [input] = inputs
  if (!input || input.length !== 3) return 'shape-mismatch'
  const { groups, channels } = parameters
  if (typeof groups === 'number') {
    if (input[2] % groups !== 0 || (typeof channels === 'number' && channels % groups !== 0)) return 'groups'
  }
  return 'kernel' in definition.parameters ? 'below-one' : 'shape-mismatch'
}

function didYouMean(near: readonly string[]): string {
  return near.length > 0 ? `; did you mean ${near.map((name) => `"${name}"`).join(' or ')}?` : ''
}
