// Whatever a call or a stream threw, as the data that error panels and toasts show.
import { AppError, errorData, type ErrorData } from '@shared/errors'
import { fromWireError } from '@shared/transport/rpc'

/** Code, message and fix of any failure. Errors of a stream arrive unconverted and are read here. */
export function toErrorData(thrown: unknown): ErrorData {
  return errorData(fromWireError(thrown))
}

/** What came as data, to be thrown. */
export function appErrorOf({ code, message, fix, commandLine }: ErrorData): AppError {
  return new AppError(code, message, fix, commandLine === undefined ? {} : { commandLine })
}

/** True for what the user or the window broke off itself: nothing to show. */
export function isCancellation(thrown: unknown): boolean {
  return toErrorData(thrown).code === 'cancelled' || (thrown instanceof Error && thrown.name === 'AbortError')
}
