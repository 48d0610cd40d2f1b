// Turns the trace of one entry into graph nodes: fed tensors become placeholders, variables become reads of the session's,
// assignments become AssignVariableOp that every fetch waits for.
import { AppError } from '@shared/errors'
import { DataType } from '../binding'
import type { GraphBuilder, Reference } from './graph'
import { isUniform } from './graph'
import { shapeProto } from './protobuf'
import { regroupable } from './regrouping'
import { VariableHistory, type SessionVariable } from './session-variables'
import type { TraceEvent } from './trace'

/** Native ids of what an entry started from and ended with. */
export interface TracedEntry {
  readonly events: readonly TraceEvent[]
  readonly feeds: readonly {
    readonly name: string
    readonly id: number
    readonly dtype: number
    readonly shape: readonly number[]
  }[]
  /** In the order of the session's variables. */
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly fetches: readonly { readonly name: string; readonly id: number }[]
}

export interface EmittedEntry {
  /** Node names by feed and by fetch. */
  readonly feeds: ReadonlyMap<string, string>
  readonly fetches: ReadonlyMap<string, string>
}

/**
 * Largest host-made tensor that is taken for part of the program (axes, shapes, scales). Beyond it only fills of one value
 * are: anything else is data or a random draw in disguise. Chosen by us.
 */
const LARGEST_CONSTANT = 64

export function emitEntry(
  graph: GraphBuilder,
  scope: string,
  variables: readonly SessionVariable[],
  traced: TracedEntry,
): EmittedEntry {
  const histories = variables.map((variable) => new VariableHistory(graph, scope, variable))
  /** How to get at a native tensor inside the graph; nothing is added before somebody asks. */
  const sources = new Map<number, () => Reference>()
  /** Which variable, in which version, a native id is the value of. */
  const values = new Map<number, { history: VariableHistory; version: number }>()
  const know = (id: number, history: VariableHistory): void => {
    const version = history.version
    values.set(id, { history, version })
    sources.set(id, () => history.read(version))
  }
  const find = (id: number, op: string, position: number): Reference => {
    const source = sources.get(id)
    if (source !== undefined) return source()
    throw new AppError(
      'internal',
      `Input ${position} of ${op} in entry ${scope} is a tensor made outside of it, neither fed nor a variable.`,
      'Hold it as a variable of the program, feed it, or make it inside the entry.',
    )
  }

  histories.forEach((history, i) => know(traced.before[i]!, history))
  const feeds = new Map<string, string>()
  for (const { name, id, dtype, shape } of traced.feeds) {
    const node = graph.add(`${scope}/feed/${name}`, 'Placeholder', [], {
      dtype: { type: dtype },
      shape: { shape: shapeProto(shape) },
    })
    feeds.set(name, node)
    sources.set(id, () => ({ name: node, dtype }))
  }

  const isRegroupable = regroupable(traced.events, [...traced.after, ...traced.fetches.map(({ id }) => id)])
  /** Snapshot hands its input on without a copy where nothing else holds it, and no pass of TensorFlow's removes it. */
  const apart = (input: Reference): Reference => graph.op(scope, 'Snapshot', [], [input], [input.dtype])[0]!

  for (const event of traced.events) {
    if (event.type === 'constant') {
      checkConstant(scope, event)
      sources.set(event.id, () => graph.constant(event.dtype, event.shape, event.values))
    } else if (event.type === 'op') {
      const inputs = event.inputs.map((id, i) => {
        const input = find(id, event.name, i)
        return isRegroupable(event.name, id) ? apart(input) : input
      })
      const dtypes = event.outputs.map(({ dtype }) => dtype)
      const results = graph.op(scope, event.name, event.attributes, inputs, dtypes)
      event.outputs.forEach(({ id }, i) => sources.set(id, () => results[i]!))
    } else {
      const changed = event.variables.map((id) => {
        const value = values.get(id)
        if (value !== undefined && value.version === value.history.version) return value.history
        throw new AppError(
          'internal',
          `${event.name} in entry ${scope} changes a variable that was assigned before it.`,
        )
      })
      const handles = changed.map(({ variable }) => ({ name: variable.handle, dtype: DataType.resource }))
      const inputs = event.inputs.map((id, i) => find(id, event.name, changed.length + i))
      const node = graph.op(scope, event.name, event.attributes, [...handles, ...inputs], [DataType.resource])[0]!
      changed.forEach((history, i) => {
        history.change(node.name)
        know(event.results[i]!, history)
      })
    }
  }

  histories.forEach((history, i) => {
    const id = traced.after[i]!
    const value = values.get(id)
    if (value?.history === history && value.version === history.version) return
    const { handle, dtype, index, name } = history.variable
    const node = graph.add(
      `${scope}/assign/${index}`,
      'AssignVariableOp',
      [handle, find(id, `assign ${name}`, 0).name],
      {
        dtype: { type: dtype },
      },
    )
    history.change(node)
  })
  const fetched = traced.fetches.map(({ name, id }) => ({ name, source: find(id, `fetch ${name}`, 0) }))
  const changes = histories.map((history) => history.finish()).filter((node) => node !== null)
  const control = [...new Set(changes)].map((node) => `^${node}`)
  const fetches = new Map(
    fetched.map(({ name, source }) => [
      name,
      graph.add(`${scope}/fetch/${name}`, 'Identity', [source.name, ...control], { T: { type: source.dtype } }),
    ]),
  )
  return { feeds, fetches }
}

function checkConstant(scope: string, { shape, values }: Extract<TraceEvent, { type: 'constant' }>): void {
  if (values.length <= LARGEST_CONSTANT || isUniform(values)) return
  throw new AppError(
    'internal',
    `Entry ${scope} made a tensor [${shape.join(', ')}] on the host; recorded, it would stay the same for ever.`,
    'Feed it, hold it as a variable of the program, or draw it with kernels/random.',
  )
}
