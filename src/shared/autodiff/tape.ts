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

export class Tape {
  private readonly notes: (() => void)[] = []

  /** @param isRecording false where no gradient is wanted: then nothing is kept */
  constructor(private readonly isRecording = true) {}

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
