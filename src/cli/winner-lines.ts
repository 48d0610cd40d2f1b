// Whom all results of a run together speak for, in the terminal, beside its best measured.
import type { EngineContract } from '@shared/contract'
import { fitnessReading } from '@shared/evaluators/registry'
import type { Run } from '@shared/search/run'
import { winnerText, type Winner } from '@shared/search/winner'
import type { Client } from '@shared/transport/rpc'

export interface Told {
  readonly winner: Winner | null
  /** None where there is no such winner. */
  readonly lines: readonly string[]
}

export async function winnerLines(client: Client<EngineContract>, run: Run): Promise<Told> {
  const winner = await client.searches.winner({ id: run.id })
  const lines = winner === null ? [] : [winnerText(winner, fitnessReading(run.definition), run.bestTrialId)]
  return { winner, lines }
}
