// The outer form of a message on a port, checked before oRPC takes it apart: whoever holds the other end may send anything. What a
// request asks for is the contract's to check.
import { z } from 'zod'
import { AppError } from '../errors'
import { quoted } from '../quoted'

/** oRPC's kinds of message: a request or response carries no kind, or the first. */
const EVENT = 3
const ABORT = 4

const id = z.string().max(100)
const headers = z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional()
const event = z.object({ i: id, t: z.literal(EVENT), p: z.looseObject({ e: z.string() }) })
const abort = z.object({ i: id, t: z.literal(ABORT) })
const request = z.object({
  i: id,
  t: z.literal(1).optional(),
  // The path of a procedure: an address of its own would be taken for it as well.
  p: z.looseObject({ u: z.string().max(1000).startsWith('/'), h: headers, m: z.string().max(10).optional() }),
})
const response = z.object({
  i: id,
  t: z.literal(2).optional(),
  p: z.looseObject({ s: z.number().int().min(100).max(599).optional(), h: headers }),
})

const toServer = z.union([request, event, abort])
const toClient = z.union([response, event, abort])

function described(message: unknown): string {
  return typeof message === 'string' ? quoted(message) : `of type ${message === null ? 'null' : typeof message}`
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * @param receiver who is to take the message
 * @returns the message, which is text
 * @throws AppError `invalid-input` quoting the beginning of one that is none
 */
export function checkedFrame(message: unknown, receiver: 'server' | 'client'): string {
  const schema = receiver === 'server' ? toServer : toClient
  if (typeof message === 'string' && schema.safeParse(jsonOf(message)).success) return message
  throw new AppError(
    'invalid-input',
    `A message on a port was dropped, it is none of the contract: ${described(message)}`,
  )
}
