// Runs a program of the user's once: its input, its output as it comes, and its end, which it always has: of its own, at the time
// limit, or when nobody wants it any more. Nothing it has started outlives it (guard.ts). What it says is answer.ts's.
import { randomUUID } from 'node:crypto'
import { spawn } from 'node:child_process'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { delay, within } from '@node/waiting'
import { askToEnd, MARK, startGuard } from './guard'

export interface ProgramCall {
  readonly program: string
  readonly arguments: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** What it gets on its standard input. */
  readonly input: string
  /** Seconds. */
  readonly timeLimit: number
  readonly signal: AbortSignal
  /** Asked now and then; once true, the program is ended. */
  readonly shouldHold: () => boolean
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void
}

export type ProgramEnd =
  | { readonly type: 'exited'; readonly code: number }
  | { readonly type: 'killed'; readonly by: string }
  | { readonly type: 'time-limit' }
  | { readonly type: 'flooded' }
  | { readonly type: 'held' }
  | { readonly type: 'cancelled' }

/** Why it is ended from here. */
type EndedFor = Exclude<ProgramEnd['type'], 'exited' | 'killed'>

/** What a program may print: a thousand times what its log keeps, and less than a flood of a few seconds. Chosen by us. */
export const MOST_OUTPUT_BYTES = 256 * MIB

/** From being asked to end until it is ended: enough to write a checkpoint of its own. Chosen by us. */
const GRACE_MS = 5_000
/** The same where the engine itself is ending. */
const CLOSING_GRACE_MS = 1_000
const ASK_MS = 200
/** What is still in the pipes when everything that could write into them has gone. */
const LAST_OUTPUT_MS = 2_000

/** @throws AppError `command-failed` where it cannot be started */
export async function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  if (call.signal.aborted) return { type: 'cancelled' }
  const mark = randomUUID()
  const child = spawn(call.program, call.arguments, {
    cwd: call.folder,
    env: { ...process.env, ...call.environment, [MARK]: mark },
    stdio: ['pipe', 'pipe', 'pipe'],
    // The leader of a group of its own, so that the group can be ended.
    detached: process.platform !== 'win32',
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const exited = new Promise<ProgramEnd>((resolve, reject) => {
    child.once('exit', (code, signal) =>
      resolve(code === null ? { type: 'killed', by: signal ?? 'the system' } : { type: 'exited', code }),
    )
    child.once('error', (cause) => reject(notStarted(call, cause)))
  })
  let printed = 0
  const receive = (stream: 'stdout' | 'stderr', chunk: Buffer): void => {
    printed += chunk.byteLength
    if (printed <= MOST_OUTPUT_BYTES) call.onOutput(stream, chunk)
  }
  child.stdout.on('data', (chunk: Buffer) => receive('stdout', chunk))
  child.stderr.on('data', (chunk: Buffer) => receive('stderr', chunk))
  // A program need not read what it is told.
  child.stdin.on('error', () => undefined)
  child.stdin.end(call.input)
  const { pid } = child
  // The reason comes with the event.
  if (pid === undefined) return exited
  const guard = startGuard(pid, mark)
  try {
    const reason = await Promise.race([exited, unwanted(call, exited, () => printed > MOST_OUTPUT_BYTES)])
    if (typeof reason !== 'string') return reason
    askToEnd(pid)
    await within(reason === 'cancelled' ? CLOSING_GRACE_MS : GRACE_MS, exited, () => undefined)
    return { type: reason }
  } finally {
    await guard.end()
    await within(LAST_OUTPUT_MS, closed, () => {
      child.stdout.destroy()
      child.stderr.destroy()
    })
  }
}

/** Resolves when the program is to be ended, and why; never once it has ended. */
async function unwanted(
  { signal, timeLimit, shouldHold }: ProgramCall,
  exited: Promise<unknown>,
  isFlooded: () => boolean,
): Promise<EndedFor> {
  let isOver = false
  const over = (): void => void (isOver = true)
  exited.then(over, over)
  const endsAt = performance.now() + timeLimit * 1000
  while (!isOver) {
    if (signal.aborted) return 'cancelled'
    if (isFlooded()) return 'flooded'
    if (shouldHold()) return 'held'
    const leftMs = endsAt - performance.now()
    if (leftMs <= 0) return 'time-limit'
    await delay(Math.min(ASK_MS, leftMs), signal)
  }
  return new Promise(() => undefined)
}

function notStarted({ program, folder }: ProgramCall, cause: Error): AppError {
  return new AppError(
    'command-failed',
    `The program ${JSON.stringify(program)} could not be started in ${folder}: ${cause.message}`,
    'Check that it is there, that it may be executed, and that the folder is there (evaluator.program, evaluator.folder).',
    { cause },
  )
}
