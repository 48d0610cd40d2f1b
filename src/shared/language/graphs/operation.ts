// An operation by its properties, so that what is learned of one space means something in another: what a word of a space
// says, and how much weight an operation carries. Our own reading; the figures come from docs/method.md, "Words and graphs".

export type OperationKind = 'convolution' | 'depthwise' | 'pool' | 'other'

export interface Operation {
  readonly kind: OperationKind
  /** Side of the kernel; 1 where there is none. */
  readonly kernel: number
  /** Channels inside over channels outside; 1 where nothing expands. */
  readonly expansion: number
  /** What tells operations of kind `other` apart; empty for the rest. */
  readonly word: string
}

/** `none` cuts a connection, `skip` lets through, anything else computes. */
export type Meaning = 'none' | 'skip' | Operation

/** Channels that a depthwise kernel is held against: the usual width of a small network's middle. */
const NOMINAL_CHANNELS = 64
const KERNELS = [1, 2, 3, 5, 7, 9]
/** Of an operation whose word names no size. */
const USUAL_KERNEL = 3

export function operation(kind: OperationKind, kernel = 1, expansion = 1): Operation {
  return { kind, kernel, expansion, word: '' }
}

/** What the choice of a space means, read from its name alone, whatever the case. */
export function readWord(text: string): Meaning {
  const word = text.toLowerCase()
  const numbers = [...word.matchAll(/\d+/g)].map(([digits]) => Number(digits))
  const kernel = numbers.find((number) => KERNELS.includes(number)) ?? USUAL_KERNEL
  if (/none|zero/.test(word)) return 'none'
  if (/skip|ident/.test(word)) return 'skip'
  if (word.includes('pool')) return operation('pool', kernel)
  if (word.includes('mbconv') || /_e\d/.test(word)) {
    const expansion = /e(\d+)/.exec(word.split('mbconv').at(-1) ?? '')?.[1]
    return operation('depthwise', kernel, expansion === undefined ? 1 : Number(expansion))
  }
  if (/dw|sep|dil|depth/.test(word)) return operation('depthwise', kernel)
  if (word.includes('conv')) return operation('convolution', kernel)
  return { kind: 'other', kernel: 1, expansion: 1, word }
}

/** Weights of the operation for one input and one output channel; 0 where it has none or nobody knows. */
export function operationWeight({ kind, kernel, expansion }: Operation): number {
  if (kind === 'convolution') return kernel ** 2
  if (kind === 'depthwise') return 2 * expansion + (expansion * kernel ** 2) / NOMINAL_CHANNELS
  return 0
}

/** Equal for operations that are the same. */
export function operationKey({ kind, kernel, expansion, word }: Operation): string {
  return `${kind}:${kernel}:${expansion}:${word}`
}
