// Records entries (program.ts) into one graph and runs it in one session: a training step costs one native call instead of
// hundreds. The recording is of ordinary tfjs code, so the same definition also runs eagerly, as the oracle.
import { AppError } from '@shared/errors'
import { required } from '@shared/required'
import { elementCount } from '@shared/element-count'
import {
  adopt,
  dataType,
  executeSingle,
  nativeBinding,
  nativeId,
  nativeType,
  scoped,
  tf,
  type Tensor,
  type Variable,
} from '../backend'
import { DataType, type TensorValues } from '../binding'
import { emitEntry, type EmittedEntry, type TracedEntry } from './emit'
import { GraphBuilder } from './graph'
import type {
  Entries,
  EntryDefinition,
  FeedSpec,
  FeedValue,
  FetchedValues,
  Program,
  ProgramDefinition,
} from './program'
import { Session } from './session'
import { allWritten, declareVariable, type SessionVariable } from './session-variables'
import { traceCalls } from './trace'

let programs = 0

/**
 * Records every entry once and loads the recording into a session.
 * Each entry runs eagerly one time while it is recorded; the variables' values are the same before and after.
 * @throws AppError internal, naming the op, when an entry uses a tensor or a random number made on the host
 */
export function record<E extends Entries>(definition: ProgramDefinition<E>): Program<E> {
  const started = performance.now()
  const names = Object.keys(definition.variables)
  const variables = Object.values(definition.variables)
  giveEachItsOwnTensor(variables)
  const graph = new GraphBuilder()
  const program = `program-${programs++}`
  const declared = variables.map((variable, index) =>
    declareVariable(graph, program, { name: names[index]!, index, dtype: nativeType(variable), shape: variable.shape }),
  )
  const entries = new Map<string, EmittedEntry>()
  for (const [name, entry] of Object.entries(definition.entries)) {
    entries.set(name, emitEntry(graph, name, declared, traceEntry(entry, variables)))
  }
  const roots = declared.flatMap(({ read, written }) => [read, written])
  // Feeds too: an entry may leave one unused (a seed, in a network that draws nothing), and it is fed all the same.
  const ends = [...entries.values()].flatMap(({ feeds, fetches }) => [...feeds.values(), ...fetches.values()])
  const ready = allWritten(graph, declared)
  const nodes = graph.finish([...roots, ...ends, ready])
  const session = new Session(nodes)
  const write = (targets: readonly SessionVariable[], ids: readonly number[]): void => {
    const feeds = targets.map(({ placeholder }, i) => ({ node: placeholder, id: ids[i]! }))
    if (feeds.length > 0)
      session.run(
        feeds,
        targets.map(({ written }) => written),
      )
  }
  // One fetch that waits for all: each variable's own would be as many again, and a session prepares what it fetches.
  const fed = declared.map(({ placeholder }, i) => ({ node: placeholder, id: nativeId(variables[i]!) }))
  if (fed.length > 0) session.run(fed, [ready])
  const statistics = { nodes: nodes.length, bytes: session.bytes, recordMs: performance.now() - started }
  return new RecordedProgram(definition, session, entries, declared, write, statistics)
}

class RecordedProgram<E extends Entries> implements Program<E> {
  private readonly byName: ReadonlyMap<string, SessionVariable>

  constructor(
    private readonly definition: ProgramDefinition<E>,
    private readonly session: Session,
    private readonly entries: ReadonlyMap<string, EmittedEntry>,
    private readonly declared: readonly SessionVariable[],
    private readonly write: (targets: readonly SessionVariable[], ids: readonly number[]) => void,
    readonly statistics: Program<E>['statistics'],
  ) {
    this.byName = new Map(declared.map((variable) => [variable.name, variable]))
  }

  run<K extends keyof E & string>(name: K, feeds: Readonly<Record<string, FeedValue>>): FetchedValues<E[K]> {
    const { feeds: nodes, fetches } = required(this.entries, name, 'entry')
    const specs = Object.entries(this.definition.entries[name]!.feeds)
    const fed = specs.map(([feed, spec]) => ({
      node: required(nodes, feed, 'node'),
      id: createFeed(name, feed, spec, feeds[feed]),
    }))
    try {
      const values = this.session.run(fed, [...fetches.values()])
      return Object.fromEntries([...fetches.keys()].map((fetch, i) => [fetch, values[i]!])) as FetchedValues<E[K]>
    } finally {
      fed.forEach(({ id }) => nativeBinding.deleteTensor(id))
    }
  }

  runEagerly<K extends keyof E & string>(name: K, feeds: Readonly<Record<string, FeedValue>>): FetchedValues<E[K]> {
    const entry = this.definition.entries[name]!
    const values: Record<string, TensorValues> = {}
    scoped(() => {
      const fetched = entry.run(feedTensors(name, entry, feeds))
      for (const [fetch, tensor] of Object.entries(fetched)) values[fetch] = tensor.dataSync<'float32' | 'int32'>()
    })
    return values as FetchedValues<E[K]>
  }

  readVariables(names: readonly string[] = this.declared.map(({ name }) => name)): Map<string, TensorValues> {
    const values =
      names.length === 0
        ? []
        : this.session.run(
            [],
            names.map((name) => this.find(name).read),
          )
    return new Map(names.map((name, i) => [name, this.hostValues(name, values[i]!)]))
  }

  writeVariables(values: ReadonlyMap<string, TensorValues>): void {
    const targets = [...values.keys()].map((name) => this.find(name))
    const ids = targets.map((target) =>
      createTensor(`variable ${target.name}`, target, required(values, target.name, 'value')),
    )
    try {
      this.write(targets, ids)
    } finally {
      ids.forEach((id) => nativeBinding.deleteTensor(id))
    }
  }

  dispose(): void {
    this.session.close()
  }

  private find(name: string): SessionVariable {
    const variable = this.byName.get(name)
    if (variable === undefined) throw new AppError('internal', `The program has no variable ${name}.`)
    return variable
  }

  private hostValues(name: string, values: TensorValues): TensorValues {
    return this.find(name).dtype === DataType.uint8 ? Uint8Array.from(values) : values
  }
}

/** Runs an entry once on zeros and restores the variables: only the calls matter. */
function traceEntry(entry: EntryDefinition, variables: readonly Variable[]): TracedEntry {
  return scoped(() => {
    const kept = variables.map((variable) => variable.clone())
    const zeros = Object.fromEntries(Object.entries(entry.feeds).map(([name, spec]) => [name, zeroValues(spec)]))
    const feeds = feedTensors('recording', entry, zeros)
    const before = variables.map(nativeId)
    const fed = Object.entries(feeds).map(([name, tensor]) => ({
      name,
      id: nativeId(tensor),
      dtype: nativeType(tensor),
      shape: tensor.shape,
    }))
    const shapes = new Map<number, readonly number[]>([
      ...fed.map(({ id, shape }) => [id, shape] as const),
      ...variables.map((variable, i) => [before[i]!, variable.shape] as const),
    ])
    try {
      const { result, events } = traceCalls(() => {
        const fetched = Object.entries(entry.run(feeds))
        // Inside the trace: a value that tfjs still holds becomes native here.
        return {
          fetches: fetched.map(([name, tensor]) => ({ name, id: nativeId(tensor) })),
          after: variables.map(nativeId),
        }
      }, shapes)
      return { events, feeds: fed, before, ...result }
    } finally {
      variables.forEach((variable, i) => variable.assign(kept[i]!))
    }
  })
}

/** Native ids stand for variables while recording, so no two variables may share a tensor (clones do). */
function giveEachItsOwnTensor(variables: readonly Variable[]): void {
  const seen = new Set<number>()
  for (const variable of variables) {
    if (seen.has(nativeId(variable))) {
      tf.tidy(() => variable.assign(executeSingle('DeepCopy', { T: dataType(nativeType(variable)) }, [variable])))
    }
    seen.add(nativeId(variable))
  }
}

const FEED_ARRAYS = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const

function zeroValues({ shape, dtype }: FeedSpec): FeedValue {
  return new FEED_ARRAYS[dtype](elementCount(shape))
}

function feedTensors(
  name: string,
  { feeds }: EntryDefinition,
  values: Readonly<Record<string, FeedValue>>,
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([feed, spec]) => {
      const id = createFeed(name, feed, spec, values[feed])
      return [feed, adopt({ id, shape: [...spec.shape], dtype: DataType[spec.dtype] })]
    }),
  )
}

function createFeed(entry: string, feed: string, { shape, dtype }: FeedSpec, value: FeedValue | undefined): number {
  const array = typeof value !== 'number' ? value : FEED_ARRAYS[dtype].of(value)
  if (array === undefined) throw new AppError('invalid-input', `Entry ${entry} needs a value for its feed ${feed}.`)
  return createTensor(`feed ${feed} of entry ${entry}`, { shape, dtype: DataType[dtype] }, array)
}

const ARRAYS: Readonly<Record<number, string>> = {
  [DataType.float32]: 'Float32Array',
  [DataType.int32]: 'Int32Array',
  [DataType.uint8]: 'Uint8Array',
  [DataType.bool]: 'Uint8Array',
}

function createTensor(
  what: string,
  { shape, dtype }: { readonly shape: readonly number[]; readonly dtype: number },
  values: TensorValues,
): number {
  const size = elementCount(shape)
  const expected = ARRAYS[dtype]
  if (values.length !== size || values.constructor.name !== expected) {
    throw new AppError(
      'invalid-input',
      `The ${what} takes a ${expected} of ${size} values ([${shape.join(', ')}]), received a ${values.constructor.name} of ${values.length}.`,
    )
  }
  return nativeBinding.createTensor(shape, dtype, values)
}
