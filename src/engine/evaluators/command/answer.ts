// What a program of the user's says on its standard output: the last line that is a JSON object with a fitness, or with an error,
// is its answer; every other line is talk, which only the log keeps. Memory is bounded, whatever comes.
import { z } from 'zod'
import { AppError } from '@shared/errors'

/** Longest line that is looked at: an answer with a hundred costs of long names is a tenth of it. */
const MAX_LINE_BYTES = 64 * 1024

const answerSchema = z.object({
  fitness: z.number(),
  costs: z.record(z.string().min(1).max(100), z.number()).default({}),
})
const refusalSchema = z.object({ error: z.string().min(1).max(2000) })

export type Answer = z.infer<typeof answerSchema>

export const ANSWER_FIX =
  'Its last line on standard output must be JSON such as {"fitness": 0.91, "costs": {"seconds": 12}} (docs/command.md).'

export interface AnswerReader {
  write(chunk: Buffer): void
  /** @returns the answer, or an error that the program told itself; undefined where it gave none */
  end(): Answer | { readonly error: string } | undefined
  /** Why the last line that could have been an answer was none; undefined where there was no such line. */
  readonly problem: string | undefined
}

/** Reads lines of standard output as they come. */
export function createAnswerReader(): AnswerReader {
  let pending: Buffer[] = []
  let pendingBytes = 0
  let isTooLong = false
  let answer: ReturnType<AnswerReader['end']>
  let problem: string | undefined

  const line = (): void => {
    const text = isTooLong ? '' : Buffer.concat(pending).toString('utf8').trim()
    pending = []
    pendingBytes = 0
    isTooLong = false
    if (!text.startsWith('{')) return
    const told = readAnswer(text)
    if (typeof told === 'string') problem = told
    else if (told !== undefined) [answer, problem] = [told, undefined]
  }
  const keep = (part: Buffer): void => {
    pendingBytes += part.byteLength
    isTooLong ||= pendingBytes > MAX_LINE_BYTES
    if (isTooLong) pending = []
    else pending.push(part)
  }
  return {
    write: (chunk) => {
      let from = 0
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        keep(chunk.subarray(from, at))
        line()
        from = at + 1
      }
      keep(Buffer.from(chunk.subarray(from)))
    },
    end: () => {
      line()
      return problem === undefined ? answer : undefined
    },
    get problem() {
      return problem
    },
  }
}

/** @returns undefined for JSON that speaks of neither; words that say what is wrong with an answer */
function readAnswer(text: string): Answer | { readonly error: string } | string | undefined {
  const isMeant = /"(fitness|error)"\s*:/.test(text)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (thrown) {
    return isMeant ? `${thrown instanceof Error ? thrown.message : String(thrown)} in ${quoted(text)}` : undefined
  }
  const refusal = refusalSchema.safeParse(json)
  if (refusal.success) return refusal.data
  const answer = answerSchema.safeParse(json)
  if (answer.success) return answer.data
  const [issue] = answer.error.issues
  return isMeant ? `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''} in ${quoted(text)}` : undefined
}

const quoted = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)} ...` : text)

/** @throws AppError `command-failed` where the program gave no fitness */
export function refuseNoAnswer(problem: string | undefined, lastWords: string): never {
  const said = lastWords === '' ? 'It printed nothing.' : `Its last words: ${quoted(lastWords)}`
  throw new AppError(
    'command-failed',
    problem === undefined
      ? `The program ended without printing a fitness. ${said}`
      : `The fitness that the program printed cannot be read: ${problem}.`,
    ANSWER_FIX,
  )
}
