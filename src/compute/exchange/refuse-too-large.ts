// More weights than a file of a format can hold: refused with the reason before anything is read.
import { elementCount } from '@shared/element-count'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import type { Network } from '../networks/network'

export interface FormatLimit {
  /** "an ONNX file", completes "... of at most". */
  readonly title: string
  /** Why it holds no more. */
  readonly reason: string
  readonly bytesPerWeight: number
  /** "float32" */
  readonly precision: string
  readonly advice: string
}

/** Protobuf and most readers count bytes with 31 bits; what is no weight takes far less than the 17 MiB that are left. */
export const MOST_WEIGHT_MIB = 2031

/** @throws AppError `invalid-input` */
export function refuseTooLarge({ arrays }: Network, limit: FormatLimit): void {
  const bytes = arrays.reduce((sum, { shape }) => sum + elementCount(shape) * limit.bytesPerWeight, 0)
  if (bytes <= MOST_WEIGHT_MIB * MIB) return
  throw new AppError(
    'invalid-input',
    `The weights of this network have ${Math.ceil(bytes / MIB)} MiB as ${limit.precision}, and ${limit.title} of at most ` +
      `${MOST_WEIGHT_MIB} MiB of weights can be written: ${limit.reason}.`,
    limit.advice,
  )
}
