// Older forms of a run's definition, brought to the newest: what is in files and workspaces must open for ever.
import { z } from 'zod'
import { STRATEGIES } from '../strategies/registry'

/** Until strategies had parameters of their own, these three stood beside the strategy's name, whichever that was. */
const RATES = ['crossoverRate', 'mutationRate', 'eliminationRate']

const json = z.record(z.string(), z.unknown())
const nameAlone = z.string().optional()

/**
 * `strategy: "ga"` becomes `strategy: { name: "ga" }`, and rates beside it move into it where that strategy has them: the others
 * never had an effect. What is no definition at all, or has the newest form already, is returned as it is.
 */
export function upgradeDefinition(definition: unknown): unknown {
  const fields = json.safeParse(definition)
  if (!fields.success) return definition
  const given = nameAlone.safeParse(fields.data['strategy'])
  if (!given.success) return definition
  const name = given.data ?? 'gpt-nas'
  const known = STRATEGIES.find((strategy) => strategy.name === name)?.schema.parse({ name }) ?? {}
  const own = Object.entries(fields.data).filter(([key]) => RATES.includes(key) && key in known)
  const others = Object.entries(fields.data).filter(([key]) => !RATES.includes(key))
  return { ...Object.fromEntries(others), strategy: { name, ...Object.fromEntries(own) } }
}
