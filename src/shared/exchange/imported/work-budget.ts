// How much work and memory a file may ask for: in proportion to what it really holds, and as much as any small file needs.
import { AppError } from '../../errors'

/** Steps of a file that holds next to nothing: some tenths of a second. Chosen. */
const FREE_STEPS = 2 ** 25
/** Of every value that is read of the file: turned, cast, scaled and looked at, by two readers each. */
const STEPS_A_VALUE = 16
/** No step is free: a chain of constants of one number is one of calls. */
const LEAST_STEP = 64
/** Values of layers that a file may make of next to nothing (256 MiB), such as a number for every channel. */
const FREE_VALUES = 2 ** 26
/** Layers that share an array have it each. */
const VALUES_A_VALUE = 4

const refused = (what: string): AppError =>
  new AppError(
    'invalid-input',
    `The file is damaged, or made to fill the memory: ${what}.`,
    'Export it again from the program it comes from.',
  )

export class WorkBudget {
  private steps = FREE_STEPS
  private held = 0
  private made = 0
  private readonly buffers = new Set<ArrayBufferLike>()

  /** The file really has so many values more. */
  hold(values: number): void {
    this.held += values
    this.steps += STEPS_A_VALUE * values
  }

  /** @throws AppError `invalid-input` where its constants take more steps than what it holds can need */
  spend(values: number): void {
    this.steps -= Math.max(values, LEAST_STEP)
    if (this.steps < 0) throw refused('what it works out of its constants takes far more steps than they have values')
  }

  /** Values of one array of a layer. @throws AppError `invalid-input` where all of them are far more than what the file holds */
  make(values: Float32Array): void {
    // What a reader gives as it stands in the file takes no memory of its own.
    if (this.buffers.has(values.buffer)) return
    this.buffers.add(values.buffer)
    this.made += values.length
    if (this.made > FREE_VALUES + VALUES_A_VALUE * this.held)
      throw refused(`its layers have more than ${this.made - values.length} values, and it holds ${this.held}`)
  }
}
