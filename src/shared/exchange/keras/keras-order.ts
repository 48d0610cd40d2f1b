// In which order the calls of a Keras model can be made. What a call is is keras-graph.ts's.
import { AppError } from '../../errors'
import { quoted } from '../../quoted'

/** @param reason a clause without a full stop */
export const notAModel = (reason: string): AppError =>
  new AppError('invalid-input', `This is no Keras model: ${reason}.`, 'Save it again from the program it comes from.')

/** A value of a call. */
export type Reference = readonly [layer: string, call: number, output: number]

/** A call that may have to wait for what it reads. */
export interface Waiting<Placed> {
  readonly placed: Placed
  /** `layer/call` */
  readonly key: string
  readonly at: number
  readonly reads: readonly Reference[]
}

interface Begun<Placed> {
  readonly call: Waiting<Placed>
  readonly from: number
}
const NOWHERE: Reference = ['', 0, 0]

/**
 * Makes each call once what it reads is known: layers come nearly in order, those that are shared come before what they read.
 * @throws AppError `invalid-input` for a call that reads what is not there, or itself
 */
export function inOrder<Placed>(
  waiting: readonly Waiting<Placed>[],
  known: ReadonlyMap<string, readonly string[]>,
  make: (ready: Waiting<Placed> & { readonly values: readonly string[] }) => void,
): void {
  const keyOf = ([layer, call]: Reference): string => `${layer}/${call}`
  /** Calls by what they wait for, with how many of the values that they read are known. */
  const held = new Map<string, Begun<Placed>[]>()
  let made = 0
  const attempt = ({ call, from }: Begun<Placed>, ready: Begun<Placed>[]): void => {
    let at = from
    while (at < call.reads.length && known.has(keyOf(call.reads[at] ?? NOWHERE))) at++
    const missing = call.reads[at]
    if (missing !== undefined) {
      const begun = { call, from: at }
      const others = held.get(keyOf(missing))
      if (others === undefined) held.set(keyOf(missing), [begun])
      else others.push(begun)
      return
    }
    const values = call.reads.map((read) => known.get(keyOf(read))?.[read[2]])
    if (!values.every((value) => value !== undefined)) throw notThere(call)
    make({ ...call, values })
    made++
    ready.push(...(held.get(call.key) ?? []))
    held.delete(call.key)
  }
  for (const first of waiting) {
    const ready: Begun<Placed>[] = [{ call: first, from: 0 }]
    for (let next = ready.pop(); next !== undefined; next = ready.pop()) attempt(next, ready)
  }
  const [stuck] = [...held.values()].flat()
  if (stuck !== undefined && made < waiting.length) throw notThere(stuck.call)
}

const notThere = ({ key }: { readonly key: string }): AppError =>
  notAModel(`its layer ${quoted(key.replace(/\/\d+$/, ''))} reads what is not there, or itself`)
