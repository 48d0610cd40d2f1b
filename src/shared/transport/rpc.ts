// Serves a contract's router over a port and makes the typed client of the other side. Errors cross as data:
// an AppError keeps its code, message and fix; anything else arrives as `internal`.
import { createORPCClient, mapEventIterator, ORPCError } from '@orpc/client'
import { RPCLink, type MessagePortMainLike } from '@orpc/client/message-port'
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract'
import type { AnyRouter } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { AppError, errorData, ERROR_CODES, type ErrorData } from '../errors'
import type { Port } from './port'

/** oRPC speaks to `on`/`postMessage` ports; ours is adapted to that shape. */
function orpcPort(port: Port): MessagePortMainLike {
  return {
    on: (event, callback) => {
      if (event === 'message') port.onMessage((data) => callback({ data }))
      else if (event === 'close') port.onClose(() => callback())
    },
    postMessage: (data: unknown) => port.postMessage(data),
  }
}

const STATUS: Partial<Record<ErrorData['code'], number>> = {
  'invalid-input': 400,
  'invalid-architecture': 400,
  'not-found': 404,
  conflict: 409,
  'read-only': 409,
  cancelled: 499,
}

/** The wire form of whatever a procedure threw. oRPC's own errors (bad input, unknown procedure) are put into our words. */
export function toWireError(thrown: unknown): ORPCError<string, ErrorData> {
  if (thrown instanceof ORPCError) {
    const data = readErrorData(thrown.data)
    if (data) return new ORPCError(data.code, { status: STATUS[data.code] ?? 500, message: data.message, data })
    const code =
      thrown.code === 'BAD_REQUEST' ? 'invalid-input' : thrown.code === 'NOT_FOUND' ? 'not-found' : 'internal'
    const issues = (
      thrown.data as { issues?: readonly { path?: readonly PropertyKey[]; message: string }[] } | undefined
    )?.issues
    const detail = issues
      ?.map(({ path, message }) => `${path?.map(String).join('.') || 'input'}: ${message}`)
      .join('; ')
    const message = detail ? `${thrown.message}: ${detail}` : thrown.message
    return new ORPCError(code, { status: STATUS[code] ?? 500, message, data: { code, message } })
  }
  const data = errorData(thrown)
  return new ORPCError(data.code, { status: STATUS[data.code] ?? 500, message: data.message, data })
}

function readErrorData(value: unknown): ErrorData | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { code, message, fix } = value as Partial<Record<keyof ErrorData, unknown>>
  const known = ERROR_CODES.find((candidate) => candidate === code)
  if (!known || typeof message !== 'string') return undefined
  return typeof fix === 'string' ? { code: known, message, fix } : { code: known, message }
}

/** The reverse of `toWireError`, for the client side. */
export function fromWireError(thrown: unknown): unknown {
  if (!(thrown instanceof ORPCError)) return thrown
  const data = readErrorData(thrown.data)
  return data ? new AppError(data.code, data.message, data.fix) : new AppError('internal', thrown.message)
}

const isStream = (value: unknown): value is AsyncIterator<unknown, unknown, undefined> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/** What a call throws, and what its stream throws later on, in other words: a stream fails after the call has succeeded. */
async function withMappedErrors<T>(call: () => Promise<T>, inOtherWords: (thrown: unknown) => unknown): Promise<T> {
  let output: T
  try {
    output = await call()
  } catch (thrown) {
    throw inOtherWords(thrown)
  }
  if (!isStream(output)) return output
  return mapEventIterator(output, {
    value: (value) => Promise.resolve(value),
    error: (thrown) => Promise.resolve(inOtherWords(thrown)),
  }) as T
}

/**
 * Answers calls that arrive on `port` until it closes; running procedures then see their `signal` abort.
 * Works for any router made with `implement(contract)`.
 */
export function serveRouter(router: AnyRouter, port: Port, report: (thrown: unknown) => void = () => undefined): void {
  const handler = new RPCHandler<Record<never, never>>(router as never, {
    clientInterceptors: [
      ({ next }) =>
        withMappedErrors(next, (thrown) => {
          if (!(thrown instanceof AppError) && !(thrown instanceof ORPCError)) report(thrown)
          return toWireError(thrown)
        }),
    ],
  })
  handler.upgrade(orpcPort(port), { context: {} })
}

export type Client<C extends AnyContractRouter> = ContractRouterClient<C>

/** The typed client of whoever serves `C` at the other end of `port`; pending calls reject when the port closes. */
export function createClient<C extends AnyContractRouter>(port: Port): Client<C> {
  const link = new RPCLink({
    port: orpcPort(port),
    interceptors: [({ next }) => withMappedErrors(next, fromWireError)],
  })
  return createORPCClient<Client<C>>(link)
}
