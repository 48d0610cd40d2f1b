// Keeps sums and products grouped as the code has them. TensorFlow's graph optimiser regroups trees of them (constants pushed
// down, broadcasts last, sums of sums as one), which rounds differently from the same code run op by op (docs/decisions/016).
import { DataType } from '../binding'
import type { TraceEvent } from './trace'

const GROUPS: Readonly<Record<string, 'sum' | 'product'>> = {
  Add: 'sum',
  AddV2: 'sum',
  AddN: 'sum',
  Sub: 'sum',
  Mul: 'product',
  Div: 'product',
  RealDiv: 'product',
}

/** Whole numbers come out the same in any order. */
const ROUNDING_TYPES: ReadonlySet<number> = new Set([DataType.float32, DataType.float16, DataType.bfloat16])

/**
 * Which inputs have to be held apart from what made them: those of a sum that are sums, and of a product that are products, where
 * nothing else uses them (otherwise TensorFlow does not regroup either, and a barrier would be a copy).
 * @param ends native ids that are used beyond the events: fetched, or assigned to a variable
 */
export function regroupable(
  events: readonly TraceEvent[],
  ends: readonly number[],
): (op: string, input: number) => boolean {
  const uses = new Map<number, number>()
  const count = (id: number): void => void uses.set(id, (uses.get(id) ?? 0) + 1)
  const groups = new Map<number, 'sum' | 'product'>()
  for (const event of events) {
    if (event.type === 'constant') continue
    event.inputs.forEach(count)
    const group = event.type === 'op' ? GROUPS[event.name] : undefined
    if (event.type !== 'op' || group === undefined) continue
    for (const { id, dtype } of event.outputs) if (ROUNDING_TYPES.has(dtype)) groups.set(id, group)
  }
  ends.forEach(count)
  return (op, input) => GROUPS[op] !== undefined && groups.get(input) === GROUPS[op] && uses.get(input) === 1
}
