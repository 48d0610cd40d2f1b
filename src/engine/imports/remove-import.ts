// Taking an imported network out of the workspace again: its row, and its values where nothing else has the same. What was imported lies where
// it lay; exports that were made of it lie where they were written.
import { AppError } from '@shared/errors'
import { quoted } from '@shared/quoted'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { initialWeightsOf } from '@shared/spaces/single/initial-weights'
import type { Artefacts } from '../storage/artefacts'
import { importsWithWeights, loadImport, removeImport } from '../storage/imports'
import { listRuns } from '../storage/runs'
import type { Store } from '../storage/store'

export interface RemoveTools {
  readonly store: Store
  readonly artefacts: Artefacts
}

/** Why it has to stay; undefined where nothing needs it. */
async function useOf({ store, artefacts }: RemoveTools, sha256: string): Promise<string | undefined> {
  if (artefacts.isPinned(sha256)) return 'an export or a proof of it is being made'
  // Another import of the same file has the same values.
  if ((await importsWithWeights(store.db, sha256)).length > 1) return undefined
  const run = (await listRuns(store.db)).find(
    ({ state, definition }) => !RUN_STATE_RULES[state].isOver && initialWeightsOf(definition) === sha256,
  )
  return run && `run ${run.number} (${quoted(run.definition.name)}) begins with its values and is ${run.state}`
}

/**
 * @returns whether there was one
 * @throws AppError `conflict` with what it is in use for, `read-only`
 */
export async function takeOut(tools: RemoveTools, id: number): Promise<boolean> {
  const { store, artefacts } = tools
  store.refuseReadOnly()
  const found = await loadImport(store.db, id).catch((thrown: unknown) => {
    if (thrown instanceof AppError && thrown.code === 'not-found') return undefined
    throw thrown
  })
  if (found === undefined) return false
  const { name, weightsSha256 } = found.import
  const use = weightsSha256 === null ? undefined : await useOf(tools, weightsSha256)
  if (use !== undefined)
    throw new AppError(
      'conflict',
      `Import ${id} (${quoted(name)}) cannot be removed: ${use}.`,
      'Wait until that is over, or end it for good.',
    )
  return store.write((writer) => removeImport(writer, artefacts, id))
}
