// What a document's parameter values mean in a scope: bindings replaced by numbers, defaults filled in, ranges checked.
import { parameterProblem } from '../catalogue'
import type { ParameterSpecs, ParameterValue, ParameterValues } from '../layer'
import type { Binding, DocumentParameters, DocumentValue, MetaRecord } from './records'
import { isBinding } from './records'

export interface ResolvedParameters {
  /** Complete; a value with a problem is replaced by its default. */
  readonly values: ParameterValues
  /** One sentence part each: the parameter, what it must be, what it is. */
  readonly problems: readonly string[]
  /** Names of the parameters that `problems` are about, in the same order. */
  readonly faulty: readonly string[]
}

/** What bindings may name inside a document: the defaults of a block's parameters, or a network's classes. */
export function scopeOf(meta: MetaRecord): ParameterValues {
  if (meta.kind === 'network') return { classes: meta.classes }
  const scope: Record<string, ParameterValue> = {}
  for (const [name, spec] of Object.entries(meta.parameters)) scope[name] = spec.default
  return scope
}

/** Completes `given` for `specs`, with bindings looked up in `scope`. Never throws. */
export function resolveParameters(
  specs: ParameterSpecs,
  given: DocumentParameters,
  scope: ParameterValues,
): ResolvedParameters {
  const values: Record<string, ParameterValue> = {}
  const problems: string[] = []
  const faulty: string[] = []
  for (const name in specs) {
    const spec = specs[name]!
    const raw = Object.hasOwn(given, name) ? given[name] : undefined
    if (raw === undefined) {
      values[name] = spec.default
      continue
    }
    const value = isBinding(raw) ? boundValue(raw, scope, spec.type) : raw
    const problem =
      value === undefined
        ? `${name} follows "${(raw as Binding).bind}", which ${Object.hasOwn(scope, (raw as Binding).bind) ? 'is not a number' : 'is not declared here'}`
        : parameterProblem(name, spec, value)
    values[name] = problem === undefined ? value! : spec.default
    if (problem === undefined) continue
    problems.push(problem)
    faulty.push(name)
  }
  for (const name in given) {
    if (Object.hasOwn(specs, name)) continue
    problems.push(`${name} is not a parameter here, expected ${Object.keys(specs).join(', ') || 'none'}`)
    faulty.push(name)
  }
  return { values, problems, faulty }
}

/** The value a binding has in `scope`; undefined when the name is unknown there or a factor meets something not a number. */
function boundValue(
  binding: Binding,
  scope: ParameterValues,
  type: ParameterSpecs[string]['type'],
): ParameterValue | undefined {
  const base = Object.hasOwn(scope, binding.bind) ? scope[binding.bind] : undefined
  if (base === undefined) return undefined
  if (typeof base !== 'number') return binding.times ? undefined : base
  const exact = binding.times ? (base * binding.times[0]) / binding.times[1] : base
  if (type === 'number') return exact
  const whole = binding.times ? Math.max(1, Math.round(exact)) : exact
  return type === 'pair' ? [whole, whole] : whole
}

/**
 * The same value seen from outside a block, where its parameters are `outer`: bindings compose, numbers stay.
 * @param type of the parameter that has the value: a number that a pair follows becomes both of it
 */
export function rebind(
  value: DocumentValue,
  outer: DocumentParameters,
  defaults: ParameterValues,
  type: ParameterSpecs[string]['type'],
): DocumentValue {
  if (!isBinding(value)) return value
  const given = Object.hasOwn(outer, value.bind) ? outer[value.bind] : defaults[value.bind]
  if (given === undefined) return value
  if (!isBinding(given)) return boundValue(value, { [value.bind]: given }, type) ?? value
  const times = product(value.times, given.times)
  return times ? { bind: given.bind, times } : { bind: given.bind }
}

function product(
  a: readonly [number, number] | undefined,
  b: readonly [number, number] | undefined,
): readonly [number, number] | undefined {
  const above = (a?.[0] ?? 1) * (b?.[0] ?? 1)
  const below = (a?.[1] ?? 1) * (b?.[1] ?? 1)
  const divisor = gcd(above, below)
  return above === below ? undefined : [above / divisor, below / divisor]
}

/** Greatest common divisor of two positive integers. */
export function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}
