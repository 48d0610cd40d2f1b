// Parameters in the short form people say them in: "3x3", "64", "/2", "g32". For cards and outline; the inspector shows all.
import type { ParameterSpecs } from '../layer'
import { isBinding, type Binding, type DocumentParameters, type DocumentValue } from '../document'

/** Said first to last; anything else is left to the inspector. */
const SAID: readonly { readonly name: string; readonly say: (value: string) => string; readonly silent?: string }[] = [
  // Blocks give one number for a square window.
  { name: 'kernel', say: (value) => (/^\d+$/.test(value) ? `${value}x${value}` : value) },
  { name: 'channels', say: (value) => value },
  { name: 'features', say: (value) => value },
  { name: 'width', say: (value) => `w ${value}` },
  { name: 'stride', say: (value) => `/${value}`, silent: '1' },
  { name: 'dilation', say: (value) => `d${value}`, silent: '1' },
  { name: 'groups', say: (value) => `g${value}`, silent: '1' },
  { name: 'multiplier', say: (value) => `x${value}`, silent: '1' },
  { name: 'rate', say: (value) => value },
]

/** "width", "width x 1/4": a parameter that follows another. */
export function bindingText({ bind, times }: Binding): string {
  if (times === undefined) return bind
  return times[1] === 1 ? `${bind} x ${times[0]}` : `${bind} x ${times[0]}/${times[1]}`
}

/** One value; a pair of equals as one number where `isSquareShort`. */
export function valueText(value: DocumentValue, isSquareShort = false): string {
  if (typeof value === 'object' && isBinding(value)) return bindingText(value)
  if (typeof value !== 'object') return String(value)
  const [vertical, horizontal] = value as readonly [number, number]
  return isSquareShort && vertical === horizontal ? String(vertical) : `${vertical}x${horizontal}`
}

/** The key parameters of a node, at most a few words: `3x3, 64, /2`. */
export function parameterText(specs: ParameterSpecs, given: DocumentParameters): string {
  return SAID.flatMap(({ name, say, silent }) => {
    const spec = specs[name]
    if (spec === undefined) return []
    const text = valueText(given[name] ?? spec.default, name !== 'kernel')
    return text === silent ? [] : [say(text)]
  }).join(', ')
}
