// Implements the export service; how an export is made is engine/exports/.
import { implement } from '@orpc/server'
import { exportsContract } from '@shared/contract/exports'
import { createExport } from '../exports/create-export'
import { exportDesign } from '../exports/export-design'
import { proveAgain } from '../exports/prove-again'
import { searchableBlocks } from '../storage/designs'
import { listExports } from '../storage/exports'
import type { Services } from './services'
import { untilClosing } from './until-closing'

export function exportsService(services: Services) {
  const os = implement(exportsContract)
  return os.router({
    create: os.create.handler(({ input, signal }) =>
      untilClosing(services.closing, signal, (ended) => createExport(services, input, ended)),
    ),
    prove: os.prove.handler(({ input, signal }) =>
      untilClosing(services.closing, signal, (ended) => proveAgain(services, input, ended)),
    ),
    createOfDesign: os.createOfDesign.handler(({ input, signal }) =>
      untilClosing(services.closing, signal, async function* (ended) {
        const blocks = await searchableBlocks(services.store.db)
        yield* exportDesign(services, { ...input, blocks }, ended)
      }),
    ),
    bundle: os.bundle.handler(async ({ input }) => (await import('../exports/bundle')).bundleExport(input.folder)),
    // The doctor tells of those that cannot be read.
    list: os.list.handler(async ({ input }) => (await listExports(services.store.db, input.trialId)).exports),
  })
}
