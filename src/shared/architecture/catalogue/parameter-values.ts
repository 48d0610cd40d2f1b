// Reading and completing parameter values: defaults, ranges, typed access.
// Untrusted values pass `completeParameters` once; afterwards the readers may rely on them.
import { AppError } from '../../errors'
import { quotedValue } from '../../quoted'
import type { ParameterSpec, ParameterSpecs, ParameterValue, ParameterValues } from '../layer'
import { PADDINGS, type Padding } from './parameter-specs'

/** What a definition of a layer or a block offers here. */
interface HasParameters {
  readonly parameters: ParameterSpecs
}

const isPair = (value: unknown): value is readonly [number, number] => Array.isArray(value) && value.length === 2

function expectation(spec: ParameterSpec): string {
  switch (spec.type) {
    case 'integer':
      return `a whole number from ${spec.min} to ${spec.max}`
    case 'number':
      return `a number from ${spec.min} to ${spec.max}`
    case 'pair':
      return `two whole numbers from ${spec.min} to ${spec.max}`
    case 'boolean':
      return 'true or false'
    case 'choice':
      return `one of ${spec.choices.join(', ')}`
  }
}

function isAccepted(spec: ParameterSpec, value: unknown): boolean {
  const isInRange = (number: unknown, min: number, max: number): number is number =>
    typeof number === 'number' && number >= min && number <= max
  switch (spec.type) {
    case 'integer':
      return isInRange(value, spec.min, spec.max) && Number.isInteger(value)
    case 'number':
      return isInRange(value, spec.min, spec.max)
    case 'pair':
      return isPair(value) && value.every((part) => isInRange(part, spec.min, spec.max) && Number.isInteger(part))
    case 'boolean':
      return typeof value === 'boolean'
    case 'choice':
      return typeof value === 'string' && spec.choices.includes(value)
  }
}

/** Why `value` cannot be the parameter `name`, or undefined when it can. */
export function parameterProblem(name: string, spec: ParameterSpec, value: unknown): string | undefined {
  if (isAccepted(spec, value)) return undefined
  return `${name} must be ${expectation(spec)}, received ${quotedValue(value)}`
}

/** One reason for each given parameter that is unknown or out of range; missing ones take their default. */
export function parameterProblems(definition: HasParameters, given: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = []
  for (const name in given) {
    const spec = Object.hasOwn(definition.parameters, name) ? definition.parameters[name] : undefined
    if (spec === undefined) {
      problems.push(
        `${name} is not a parameter here, expected ${Object.keys(definition.parameters).join(', ') || 'none'}`,
      )
      continue
    }
    const problem = parameterProblem(name, spec, given[name])
    if (problem !== undefined) problems.push(problem)
  }
  return problems
}

/**
 * `given` with every missing parameter at its default, in the definition's order.
 * @throws AppError `invalid-architecture` naming each unknown or out-of-range parameter.
 */
export function completeParameters(
  definition: HasParameters & { readonly kind?: string; readonly name?: string },
  given: Readonly<Record<string, unknown>>,
): ParameterValues {
  const problems = parameterProblems(definition, given)
  if (problems.length > 0) {
    throw new AppError(
      'invalid-architecture',
      `${definition.kind ?? definition.name ?? 'Parameters'}: ${problems.join('; ')}.`,
      'Correct the parameters named, or leave them out to use the defaults.',
    )
  }
  const complete: Record<string, ParameterValue> = {}
  for (const name in definition.parameters) {
    complete[name] = (given[name] ?? definition.parameters[name]!.default) as ParameterValue
  }
  return complete
}

function wrongType(parameters: ParameterValues, name: string, expected: string): TypeError {
  return new TypeError(`Parameter ${name} must be ${expected}, received ${quotedValue(parameters[name])}`)
}

/** @throws TypeError when the parameters were not completed, which is a bug of the caller (as are the readers below). */
export function numberOf(parameters: ParameterValues, name: string): number {
  const value = parameters[name]
  if (typeof value !== 'number') throw wrongType(parameters, name, 'a number')
  return value
}

export function pairOf(parameters: ParameterValues, name: string): readonly [number, number] {
  const value = parameters[name]
  if (!isPair(value)) throw wrongType(parameters, name, 'a pair')
  return value
}

export function flagOf(parameters: ParameterValues, name: string): boolean {
  const value = parameters[name]
  if (typeof value !== 'boolean') throw wrongType(parameters, name, 'a boolean')
  return value
}

export function textOf(parameters: ParameterValues, name: string): string {
  const value = parameters[name]
  if (typeof value !== 'string') throw wrongType(parameters, name, 'a string')
  return value
}

export function paddingOf(parameters: ParameterValues): Padding {
  const value = parameters.padding
  const padding = PADDINGS.find((known) => known === value)
  if (padding === undefined) throw wrongType(parameters, 'padding', PADDINGS.join(' or '))
  return padding
}
