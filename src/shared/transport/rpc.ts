// Serves a contract's router over a port and makes the typed client of the other side. Errors cross as data:
// an AppError keeps its code, message and fix; anything else arrives as `internal`.
import { createORPCClient, mapEventIterator, ORPCError } from '@orpc/client'
import { StandardRPCLink } from '@orpc/client/standard'
import type { AnyContractRouter, ContractRouterClient } from '@orpc/contract'
import type { AnyRouter } from '@orpc/server'
import { StandardRPCHandler } from '@orpc/server/standard'
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer'
import { ClientPeer, ServerPeer } from '@orpc/standard-server-peer'
import { AppError, errorData, ERROR_CODES, type ErrorData } from '../errors'
import { checkedFrame } from './frame'
import type { Port } from './port'

const STATUS: Partial<Record<ErrorData['code'], number>> = {
  'invalid-input': 400,
  'invalid-architecture': 400,
  'not-found': 404,
  conflict: 409,
  'read-only': 409,
  cancelled: 499,
}

/** The wire form of whatever a procedure threw. oRPC's own errors (bad input, unknown procedure) are put into our words. */
function toWireError(thrown: unknown): ORPCError<string, ErrorData> {
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
  const { code, message, fix, commandLine } = value as Partial<Record<keyof ErrorData, unknown>>
  const known = ERROR_CODES.find((candidate) => candidate === code)
  if (!known || typeof message !== 'string') return undefined
  return {
    code: known,
    message,
    ...(typeof fix === 'string' && { fix }),
    ...(typeof commandLine === 'string' && { commandLine }),
  }
}

/** The reverse of `toWireError`, for the client side. */
export function fromWireError(thrown: unknown): unknown {
  if (!(thrown instanceof ORPCError)) return thrown
  const data = readErrorData(thrown.data)
  if (!data) return new AppError('internal', thrown.message)
  const { code, message, fix, commandLine } = data
  return new AppError(code, message, fix, commandLine === undefined ? {} : { commandLine })
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

type Report = (thrown: unknown) => void
const silent: Report = () => undefined

/**
 * Gives what arrives on `port` to `take`. A message that is none of the contract, or that cannot be taken, is dropped and reported:
 * oRPC's own adapters of a port would make an unhandled rejection of it, which ends a process.
 */
function receive(
  port: Port,
  receiver: 'server' | 'client',
  take: (message: string) => Promise<unknown>,
  report: Report,
) {
  port.onMessage((message) => {
    Promise.resolve()
      .then(() => take(checkedFrame(message, receiver)))
      .catch(report)
  })
}

/**
 * Looks at a call before it is answered.
 * @param call names of the contract: `['datasets', 'import']`
 * @param input as it came, not yet parsed
 * @throws AppError what the caller is told instead of an answer
 */
export type CallGuard = (call: readonly string[], input: unknown) => Promise<void>

/**
 * Answers calls that arrive on `port` until it closes; running procedures then see their `signal` abort.
 * Works for any router made with `implement(contract)`.
 * @param report takes what is not told to the caller: bugs, and messages that were dropped
 * @param guard asked before every call; left out, all are answered
 */
export function serveRouter(router: AnyRouter, port: Port, report: Report = silent, guard?: CallGuard): void {
  const handler = new StandardRPCHandler<Record<never, never>>(router as never, {
    clientInterceptors: [
      ({ next, path, input }) => {
        const answered = async () => {
          await guard?.(path, input)
          return next()
        }
        return withMappedErrors(answered, (thrown) => {
          if (!(thrown instanceof AppError) && !(thrown instanceof ORPCError)) report(thrown)
          return toWireError(thrown)
        })
      },
    ],
  })
  const answer = createServerPeerHandleRequestFn(handler, { context: {} })
  const peer = new ServerPeer((message) => port.postMessage(message))
  receive(port, 'server', (message) => peer.message(message, answer), report)
  port.onClose(() => peer.close())
}

export type Client<C extends AnyContractRouter> = ContractRouterClient<C>

/**
 * The typed client of whoever serves `C` at the other end of `port`; pending calls reject when the port closes.
 * @param report takes messages that were dropped
 */
export function createClient<C extends AnyContractRouter>(port: Port, report: Report = silent): Client<C> {
  const peer = new ClientPeer((message) => port.postMessage(message))
  receive(port, 'client', (message) => peer.message(message), report)
  port.onClose(() => peer.close())
  const link = new StandardRPCLink(
    {
      call: async (request) => {
        const response = await peer.request(request)
        return { ...response, body: () => Promise.resolve(response.body) }
      },
    },
    // An address that is none: only its path is sent.
    { url: 'http://orpc', interceptors: [({ next }) => withMappedErrors(next, fromWireError)] },
  )
  return createORPCClient<Client<C>>(link)
}
