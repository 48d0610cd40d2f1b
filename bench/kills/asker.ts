// Steers a search that another process holds, while that process is killed again and again (decision 167): architectures put in and rates
// changed, one after the other, from here. What was answered must be so, what was refused must not, and nothing may be done twice.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { askHolder } from '../../src/engine/storage/requests'
import { readJournal } from '../../src/engine/storage/journal'
import { listRuns } from '../../src/engine/storage/runs'
import { openStore } from '../../src/engine/storage/store'
import { listTrials } from '../../src/engine/storage/trials'
import { AppError, errorData } from '../../src/shared/errors'
import type { Random } from '../../src/shared/random'

/** A holder that lives answers within a quarter of a second; one that was killed, never. Milliseconds. */
const LIMITS = { takeUpMs: 1500, answerMs: 1500 }
const BETWEEN_MS = 40
const ALL_LINES = 1_000_000

interface Asked {
  readonly choices: string
  /** The trial's number where it was done; null where nobody told. */
  readonly answer: { readonly number: number } | { readonly refused: string } | null
}

export interface Asker {
  readonly asked: readonly Asked[]
  stop(): Promise<void>
}

/** Asks for one architecture after another until it is stopped. @param choices of `positions` digits below `of` */
export function askAgainAndAgain(
  folder: string,
  runId: () => string | undefined,
  { positions, of, random }: { readonly positions: number; readonly of: number; readonly random: Random },
): Asker {
  const asked: Asked[] = []
  const stopping = new AbortController()
  const requests = join(folder, 'requests')
  const work = (async () => {
    while (!stopping.signal.aborted) {
      const id = runId()
      if (id !== undefined && existsSync(requests)) {
        const choices = Array.from({ length: positions }, () => random.integer(of)).join('')
        const architecture = { from: 'genotype', genotype: { space: 'words', choices } }
        const request = { from: 'the measurement', call: 'searches.inject', input: { id, architecture } }
        const answer = await askHolder(requests, request, stopping.signal, LIMITS).then(
          (output) => ({ number: (output as { trialNumber: number }).trialNumber }),
          (thrown: unknown) => {
            const isSilent = thrown instanceof AppError && /no answer|given up/.test(thrown.message)
            return isSilent ? null : { refused: errorData(thrown).message }
          },
        )
        asked.push({ choices, answer })
      }
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
    }
  })()
  return {
    asked,
    stop: async () => {
      stopping.abort()
      await work
    },
  }
}

/**
 * Counts: `done`, `refused`, `untold` as it was answered; `broken`: told as done and not so, or anything twice; `against`: done though it
 * was refused; `unjournalled`: put in and no event of the run; `left`: files of requests but for answers.
 */
export type Obeyed = Readonly<Record<string, number>>

/** What became of what was asked, in a workspace that nobody holds. */
export async function obeyed(folder: string, asked: readonly Asked[]): Promise<Obeyed> {
  const store = openStore(folder)
  try {
    const [run] = await listRuns(store.db)
    if (run === undefined) throw new Error('the search was never made')
    const injected = (await listTrials(store.db, run.id)).filter(({ origin }) => origin.operator === 'injected')
    const numbersOf = (choices: string): number[] =>
      injected.flatMap(({ genotype, number }) =>
        (genotype as { readonly choices: string }).choices === choices ? [number] : [],
      )
    const lines = (await readJournal(store.db, run.id, 0, ALL_LINES)).map(({ message }) => message)
    const counts = { done: 0, refused: 0, untold: 0, broken: 0, against: 0 }
    for (const { choices, answer } of asked) {
      const numbers = numbersOf(choices)
      // The same architecture may have been asked for before.
      const isElsewhere = asked.some((other) => other.answer !== answer && other.choices === choices)
      if (answer === null) {
        counts.untold++
        if (numbers.length > 1) counts.broken++
      } else if ('refused' in answer) {
        counts.refused++
        if (numbers.length > 0 && !isElsewhere) counts.against++
      } else {
        counts.done++
        if (numbers.length !== 1 || numbers[0] !== answer.number) counts.broken++
      }
    }
    const isTold = (number: number): boolean =>
      lines.includes(`Trial ${number} was put in by hand and is evaluated next.`)
    return {
      ...counts,
      unjournalled: injected.filter(({ number }) => !isTold(number)).length,
      // An answer that came too late goes when it is a minute old.
      left: readdirSync(store.folders.requests).filter((name) => !name.endsWith('.answer.json')).length,
    }
  } finally {
    await store.close()
  }
}
