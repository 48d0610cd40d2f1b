// Whom all results of a run together speak for, in the terminal, beside its best measured, and how far former runs counted.
import type { EngineContract } from '@shared/contract'
import { fitnessReading } from '@shared/evaluators/registry'
import { formerText } from '@shared/search/former-runs'
import type { Run } from '@shared/search/run'
import { winnerText, type Winner } from '@shared/search/winner'
import type { Client } from '@shared/transport/rpc'

export interface Told {
  readonly winner: Winner | null
  /** None where there is no such winner and no former run. */
  readonly lines: readonly string[]
}

export async function winnerLines(client: Client<EngineContract>, run: Run): Promise<Told> {
  const winner = await client.searches.winner({ id: run.id })
  const lines = winner === null ? [] : [winnerText(winner, fitnessReading(run.definition), run.bestTrialId)]
  if (run.definition.warmStart.length === 0) return { winner, lines }
  const { present, fits } = await client.searches.former({ id: run.id })
  return { winner, lines: [...lines, ...fits.map((fit) => formerText(fit, present))] }
}
