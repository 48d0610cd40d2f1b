// What an ablation has come to so far, in a file of the workspace: cells by strategy and seed, written whole after each. The same
// definition finds its file again, so that an ablation goes on where it stopped, also with more strategies or seeds.
import { createHash } from 'node:crypto'
import path from 'node:path'
import { z } from 'zod'
import { cellSchema, type Cell } from '@shared/search/comparison/ablation'
import type { RunDefinition } from '@shared/search/run'
import { MIB } from '@shared/units'
import type { StrategyDefinition } from '@shared/strategies/registry'
import { AppError, errorData } from '@shared/errors'
import { readWhole } from '@node/read-file'
import { writeFileWhole } from '@node/whole-file'

const FORMAT = 'gptnas-ablation/1'
/** A thousand curves of a thousand evaluations come to some 20 MB. */
const READING = { what: 'file of an ablation', maxBytes: 64 * MIB } as const

const fileSchema = z.object({
  format: z.literal(FORMAT),
  /** By `keyOf`. */
  cells: z.record(z.string(), cellSchema),
})

export interface Cells {
  /** Of the ablation. */
  readonly folder: string
  get(strategy: StrategyDefinition, seed: number): Cell | undefined
  put(strategy: StrategyDefinition, cell: Cell): Promise<void>
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** What all cells share: everything but name, strategy and seed. */
function sharedOf({ name: _name, strategy: _strategy, seed: _seed, ...shared }: RunDefinition): unknown {
  return shared
}

const keyOf = (strategy: StrategyDefinition, seed: number): string => `${JSON.stringify(strategy)} ${seed}`

async function readCells(file: string): Promise<z.infer<typeof fileSchema> | null> {
  let json: unknown
  try {
    json = JSON.parse((await readWhole(file, READING)).toString('utf8'))
  } catch (thrown) {
    if (errorData(thrown).code === 'not-found') return null
    throw thrown
  }
  const read = fileSchema.safeParse(json)
  if (read.success) return read.data
  throw new AppError(
    'storage-damaged',
    `${file} holds no cells of an ablation, or those of a newer program.`,
    'Move it away to begin the ablation anew; runs that have finished are found again.',
  )
}

/**
 * @param folder of all ablations
 * @throws AppError `storage-damaged` for a file that cannot be read
 */
export async function openCells(folder: string, definition: RunDefinition): Promise<Cells> {
  const own = path.join(folder, hashOf(sharedOf(definition)).slice(0, 16))
  const file = path.join(own, 'cells.json')
  const cells = new Map<string, Cell>()
  for (const [key, cell] of Object.entries((await readCells(file))?.cells ?? {})) cells.set(key, cell)
  return {
    folder: own,
    get: (strategy, seed) => cells.get(keyOf(strategy, seed)),
    put: async (strategy, cell) => {
      cells.set(keyOf(strategy, cell.seed), cell)
      const json = { format: FORMAT, cells: Object.fromEntries(cells) }
      await writeFileWhole(file, `${JSON.stringify(json)}\n`)
    },
  }
}
