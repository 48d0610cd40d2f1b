// Requests to the engine that holds a workspace, from one that has it open read-only: files in the folder `requests`, because only the
// holder writes the database (docs/rules.md#truth). One is written whole, claimed by renaming it, and answered by a second file.
import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { AppError, errorData } from '@shared/errors'
import { errorDataSchema } from '@shared/search/trial'
import { errorCode } from '@node/file-error'
import { isMissing, readWhole } from '@node/read-file'
import { delay } from '@node/waiting'
import { writeFileWhole } from '@node/whole-file'

const REQUEST = '.request.json'
const TAKEN = '.taken.json'
const ANSWER = '.answer.json'
/** A design that is put into a run is the largest: as a file that is opened. */
const MOST_BYTES = 16 * 1024 * 1024
/** The holder looks this often; a person does not notice it. Chosen by us. */
const LOOK_MS = 250
/** Nobody waits for an answer to an older one any more. */
const STALE_MS = 60_000
/** How long a holder may take to take one up, then to answer: proposing and a training's step may hold it. Chosen by us. */
const TAKE_UP_MS = 15_000
const ANSWER_MS = 45_000

const requestSchema = z.object({
  format: z.literal('gptnas-request/1'),
  at: z.string(),
  /** Who asks, for people. */
  from: z.string(),
  call: z.string(),
  input: z.unknown(),
})
export type Request = z.infer<typeof requestSchema>
const answerSchema = z.union([z.object({ output: z.unknown() }), z.object({ error: errorDataSchema })])

const partOf = (folder: string, id: string, ending: string): string => path.join(folder, `${id}${ending}`)

async function readJson(place: string): Promise<unknown> {
  return JSON.parse((await readWhole(place, { what: 'request', maxBytes: MOST_BYTES })).toString('utf8'))
}

/**
 * Asks whoever holds the workspace and waits for the answer.
 * @param limits milliseconds; replaced in tests
 * @returns what the call gives
 * @throws AppError what the holder refused it with; `read-only` where nobody takes it up or answers; `cancelled`
 */
export async function askHolder(
  folder: string,
  request: Pick<Request, 'from' | 'call' | 'input'>,
  signal: AbortSignal,
  limits = { takeUpMs: TAKE_UP_MS, answerMs: ANSWER_MS },
): Promise<unknown> {
  const at = new Date().toISOString()
  const id = `${at.replaceAll(':', '-')}-${randomUUID()}`
  await writeFileWhole(partOf(folder, id, REQUEST), JSON.stringify({ format: 'gptnas-request/1', at, ...request }))
  const begun = Date.now()
  let isTaken = false
  try {
    for (;;) {
      const answer = await answerOf(folder, id)
      if (answer !== undefined) return answer.output
      const waited = Date.now() - begun
      if (waited > limits.takeUpMs && !isTaken) {
        if (await withdrawn(folder, id))
          throw new AppError(
            'read-only',
            `The program that holds this workspace did not take the request up within ${limits.takeUpMs / 1000} s; it was withdrawn.`,
            'If that program has ended, open the workspace again; if it is busy, try again.',
          )
        isTaken = true
      }
      if (waited > limits.takeUpMs + limits.answerMs)
        throw new AppError(
          'read-only',
          'The program that holds this workspace took the request up, but gave no answer.',
          'The events of the run say whether it was done.',
        )
      await delay(LOOK_MS / 2, signal)
      if (signal.aborted) throw new AppError('cancelled', 'The request was given up.')
    }
  } finally {
    for (const ending of [REQUEST, ANSWER]) await rm(partOf(folder, id, ending), { force: true })
  }
}

/** @returns undefined while there is none @throws AppError what it says */
async function answerOf(folder: string, id: string): Promise<{ readonly output: unknown } | undefined> {
  let read: unknown
  try {
    read = await readJson(partOf(folder, id, ANSWER))
  } catch (thrown) {
    if (isMissing(thrown)) return undefined
    throw thrown
  }
  const answer = answerSchema.parse(read)
  if (!('error' in answer)) return answer
  const { code, message, fix, commandLine } = answer.error
  throw new AppError(code, message, fix, commandLine === undefined ? {} : { commandLine })
}

/** @returns false where somebody has taken it up */
async function withdrawn(folder: string, id: string): Promise<boolean> {
  try {
    await rm(partOf(folder, id, REQUEST))
    return true
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return false
    throw thrown
  }
}

/**
 * Takes up what others ask for, one after the other in the order of asking, until `signal` fires.
 * @param answer does it; what it throws is the answer
 * @param report receives what could not be read or written
 */
export async function answerRequests(
  folder: string,
  answer: (request: Request) => Promise<unknown>,
  signal: AbortSignal,
  report: (thrown: unknown) => void,
): Promise<void> {
  let dropped = -Infinity
  while (!signal.aborted) {
    try {
      if (performance.now() - dropped > STALE_MS) {
        dropped = performance.now()
        await dropOldRequests(folder)
      }
      const waiting = readdirSync(folder).filter((name) => name.endsWith(REQUEST))
      for (const name of waiting.sort()) {
        if (signal.aborted) return
        await take(folder, name.slice(0, -REQUEST.length), answer)
      }
    } catch (thrown) {
      report(thrown)
    }
    await delay(LOOK_MS, signal)
  }
}

async function take(folder: string, id: string, answer: (request: Request) => Promise<unknown>): Promise<void> {
  const taken = partOf(folder, id, TAKEN)
  try {
    await rename(partOf(folder, id, REQUEST), taken)
  } catch (thrown) {
    // Withdrawn meanwhile.
    if (errorCode(thrown) === 'ENOENT') return
    throw thrown
  }
  try {
    const request = await readRequest(taken)
    // Of who asks no more; one from a clock ahead of ours is as good as one of now.
    if (request === null || Date.now() - Date.parse(request.at) > STALE_MS) return
    const told = await answer(request).then(
      (output): unknown => ({ output: output ?? null }),
      (thrown: unknown): unknown => ({ error: errorData(thrown) }),
    )
    await writeFileWhole(partOf(folder, id, ANSWER), JSON.stringify(told))
  } finally {
    await rm(taken, { force: true })
  }
}

/** Null for what is no request of ours. */
async function readRequest(place: string): Promise<Request | null> {
  try {
    const read = requestSchema.safeParse(await readJson(place))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

/** Files of requests, whole or half-written by a program that was killed. */
const IS_OURS = /\.(request|taken|answer)\.json(\.[0-9a-f]+\.partial)?$/

/** Removes what nobody waits for any more. */
export async function dropOldRequests(folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter((each) => IS_OURS.test(each))) {
    // Names begin with the time of asking, its colons written as hyphens.
    const at = Date.parse(name.slice(0, 24).replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'))
    if (!(Date.now() - at <= STALE_MS)) await rm(path.join(folder, name), { force: true })
  }
}

/**
 * Tells who waits for a holder that was killed with its request in hand: nobody knows how much of it was done. Called by who begins to
 * hold the workspace.
 */
export async function answerForTheDead(folder: string): Promise<void> {
  const error = {
    code: 'read-only',
    message: 'The program that held this workspace had taken the request up when it ended.',
    fix: 'The events of the run say whether it was done.',
  }
  for (const name of readdirSync(folder).filter((each) => each.endsWith(TAKEN))) {
    await writeFileWhole(partOf(folder, name.slice(0, -TAKEN.length), ANSWER), JSON.stringify({ error }))
    await rm(path.join(folder, name), { force: true })
  }
}
