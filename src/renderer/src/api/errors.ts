// Whatever a call or a stream threw, as the data that error panels and toasts show.
import { errorData, type ErrorData } from '@shared/errors'
import { fromWireError } from '@shared/transport/rpc'

/** Code, message and fix of any failure. Errors of a stream arrive unconverted and are read here. */
export function toErrorData(thrown: unknown): ErrorData {
  return errorData(fromWireError(thrown))
}

/** True for what the user or the window broke off itself: nothing to show. */
export function isCancellation(thrown: unknown): boolean {
  return toErrorData(thrown).code === 'cancelled' || (thrown instanceof Error && thrown.name === 'AbortError')
}
