// Reverse-mode differentiation: each operation computes its value at once and notes how its gradient reaches what it read; going
// through the notes backwards gives all gradients (Griewank & Walther 2008, chapter 3). Operations are beside this file.
import type { Matrix } from './matrix'

export class Value implements Matrix {
  private gradient: Float64Array | undefined

  constructor(
    readonly rows: number,
    readonly cols: number,
    readonly data: Float64Array = new Float64Array(rows * cols),
    /** False for what is only read: operations need not send a gradient there. */
    readonly wantsGrad = true,
  ) {}

  /** What no gradient is wanted of: inputs of a model. */
  static constant(rows: number, cols: number, data?: Float64Array): Value {
    return new Value(rows, cols, data, false)
  }

  /** Of the loss by each element; zeros until something flows back here. */
  get grad(): Float64Array {
    return (this.gradient ??= new Float64Array(this.data.length))
  }

  get hasGrad(): boolean {
    return this.gradient !== undefined
  }

  clearGrad(): void {
    this.gradient?.fill(0)
  }
}

/** More than asked for, so that contexts that grow by one do not take fresh memory each time. */
const GROWTH = 1.25

export class Tape {
  private readonly notes: (() => void)[] = []
  /** In the order in which they are handed out. */
  private readonly kept: Float64Array[] = []
  private handedOut = 0

  /**
   * @param isRecording false where no gradient is wanted: then nothing is noted
   * @param isReused whether results lie in memory that serves again after `restart`; only where nothing is recorded
   */
  constructor(
    readonly isRecording = true,
    private readonly isReused = false,
  ) {}

  /** For a model that is asked again and again: fresh memory costs more than its arithmetic (decision 178). */
  static reused(): Tape {
    return new Tape(false, true)
  }

  /** Zeros for a result. */
  value(rows: number, cols: number): Value {
    return new Value(rows, cols, this.numbers(rows * cols))
  }

  /** Zeros for what an operation works out on the way. */
  numbers(count: number): Float64Array {
    if (!this.isReused) return new Float64Array(count)
    const place = this.handedOut++
    const before = this.kept[place]
    if (before !== undefined && before.length >= count) return before.subarray(0, count).fill(0)
    return (this.kept[place] = new Float64Array(Math.ceil(count * GROWTH))).subarray(0, count)
  }

  /** Everything that was handed out serves again: results so far must have been read. */
  restart(): void {
    this.handedOut = 0
  }

  /** A result of an operation. @param back adds to the gradients of what was read; `result.grad` is complete then */
  result(result: Value, back: () => void): Value {
    // What nothing flowed back to has nothing to pass on.
    if (this.isRecording)
      this.notes.push(() => {
        if (result.hasGrad) back()
      })
    return result
  }

  /** Adds the gradients of a single number to everything it was made of. */
  backward(loss: Value): void {
    loss.grad[0] = 1
    for (let i = this.notes.length - 1; i >= 0; i--) this.notes[i]?.()
    this.notes.length = 0
  }
}
