// Listens to the binding while an entry runs once, and keeps every native call as data. What the calls mean for a graph is
// graph.ts's business; what must not happen inside a recorded entry is refused here, by name.
import { backend, nativeBinding } from '../backend'
import type { Binding, NativeAttribute, NativeTensor, TensorValues } from '../binding'
import { AppError } from '@shared/errors'
import { outputsWithoutRunning } from './stand-ins'

export type TraceEvent =
  | {
      readonly type: 'constant'
      readonly id: number
      readonly shape: readonly number[]
      readonly dtype: number
      readonly values: TensorValues
    }
  | {
      readonly type: 'op'
      readonly name: string
      readonly attributes: readonly NativeAttribute[]
      readonly inputs: readonly number[]
      readonly outputs: readonly NativeTensor[]
    }
  | ({ readonly type: 'update' } & VariableUpdate)

/** A native op that changed variables in place. All numbers are native ids. */
export interface VariableUpdate {
  readonly name: string
  readonly attributes: readonly NativeAttribute[]
  /** Values of the changed variables before the op. */
  readonly variables: readonly number[]
  readonly inputs: readonly number[]
  /** Values of the same variables after it. */
  readonly results: readonly number[]
}

export interface Trace {
  noteUpdate(update: VariableUpdate): void
}

let active: Trace | null = null

/** The recording under way, if any. */
export const currentTrace = (): Trace | null => active

const advice = 'Feed what changes from run to run, and draw random numbers with kernels/random.'

/** Ops that draw from a generator of their own: a recording of them would not equal its eager run. */
const STATEFUL_RANDOM =
  /^(RandomUniform|RandomUniformInt|RandomStandardNormal|TruncatedNormal|RandomShuffle|Multinomial|RandomGamma|RandomPoisson)/

/**
 * Runs `body` once and returns its native calls in order, beside its result. Only the calls count: convolutions give zeros.
 * @param shapes of the tensors that `body` starts from, by native id
 * @throws AppError internal when the body draws host random numbers or reads a tensor back
 */
export function traceCalls<T>(
  body: () => T,
  shapes: ReadonlyMap<number, readonly number[]> = new Map(),
): { readonly result: T; readonly events: readonly TraceEvent[] } {
  if (active !== null) throw new AppError('internal', 'A recording cannot start inside another recording.')
  const events: TraceEvent[] = []
  const binding = listeningBinding(events, shapes)
  const random = Math.random
  const original = backend.binding
  active = { noteUpdate: (update) => events.push({ type: 'update', ...update }) }
  backend.binding = binding
  Math.random = () => {
    throw new AppError(
      'internal',
      'A recorded entry drew a random number on the host (tf.randomUniform, tf.dropout?).',
      advice,
    )
  }
  try {
    return { result: body(), events }
  } finally {
    Math.random = random
    backend.binding = original
    active = null
  }
}

function listeningBinding(events: TraceEvent[], given: ReadonlyMap<number, readonly number[]>): Binding {
  const known = {
    shapes: new Map(given),
    types: new Map<number, number>(),
    values: new Map<number, TensorValues>(),
  }
  const overrides: Pick<Binding, 'createTensor' | 'executeOp' | 'tensorDataSync'> = {
    createTensor(shape, dtype, values) {
      const id = nativeBinding.createTensor(shape, dtype, values)
      events.push({ type: 'constant', id, shape: [...shape], dtype, values })
      known.shapes.set(id, shape)
      known.values.set(id, values)
      return id
    },
    executeOp(name, attributes, inputs, outputs) {
      if (STATEFUL_RANDOM.test(name)) {
        throw new AppError('internal', `A recorded entry used ${name}, which cannot be repeated.`, advice)
      }
      const results =
        outputsWithoutRunning(name, attributes, inputs, known) ??
        nativeBinding.executeOp(name, attributes, inputs, outputs)
      for (const { id, shape, dtype } of results) {
        known.shapes.set(id, shape)
        known.types.set(id, dtype)
      }
      events.push({
        type: 'op',
        name,
        attributes: attributes.map((attribute) => ({ ...attribute })),
        inputs: [...inputs],
        outputs: results.map(({ id, shape, dtype }) => ({ id, shape: [...shape], dtype })),
      })
      return results
    },
    tensorDataSync() {
      throw new AppError(
        'internal',
        'A recorded entry read a tensor back to the host (dataSync, tf.gather, tf.booleanMask?): its value would be frozen.',
        'Keep the value in the graph; look rows up with kernels/gather.',
      )
    },
  }
  // The native object's own properties are read-only, so the listener inherits from it instead of wrapping it.
  const descriptors = Object.entries(overrides).map(([name, value]) => [name, { value }] as const)
  return Object.create(nativeBinding, Object.fromEntries(descriptors)) as Binding
}
